import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./markdown.js";
import type { Workshop } from "./workshop.js";

/** One complaint of the compiler about a file of a workshop. */
export interface TypeProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const COMPLAINT = /^(?<file>[^(\n]+)\((?<line>\d+),\d+\): error (?<message>.*)$/;

/**
 * Runs TypeScript 7 over a workshop. What it finds in the sources of the packages is theirs to report and left
 * out; what it says about no file at all is thrown.
 */
export function typeCheck({ path }: Workshop): TypeProblem[] {
  const compiler = join(root, "node_modules/typescript-7/bin/tsc");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, "-p", path, "--pretty", "false"],
    { cwd: path, encoding: "utf8" },
  );
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.includes("error"));
  return lines.flatMap((text) => {
    const { file, line, message } = COMPLAINT.exec(text)?.groups ?? {};
    if (file === undefined || message === undefined) throw new Error(text);
    return file.startsWith("..") || file.startsWith("/")
      ? []
      : [{ file, line: Number(line), message }];
  });
}
