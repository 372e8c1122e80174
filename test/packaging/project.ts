import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Output {
  readonly code: number;
  /** What it printed, both streams, so that a failed expectation shows the reason. */
  readonly text: string;
}

/** Runs a program to its end; one that hangs is killed and reported as failed. */
export function execute(command: string, args: readonly string[], cwd: string): Promise<Output> {
  return new Promise((resolve) => {
    const options = { cwd, timeout: 200_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, text: stdout + stderr });
    });
  });
}

/** A user's project outside of this repository. */
export interface Project {
  readonly dir: string;
  write(path: string, text: string): void;
  /** Runs Node in a folder of the project. */
  node(folder: string, ...args: string[]): Promise<Output>;
  /** Compiles a folder by its `tsconfig.json`: what it prints is a failure. */
  compile(folder: string, compiler?: Compiler): Promise<Output>;
  remove(): void;
}

/** The last one written in JavaScript, and the native one, which is ten times as fast. */
export type Compiler = "typescript" | "typescript-7";

export async function createProject(name: string, packages: readonly string[]): Promise<Project> {
  const dir = mkdtempSync(join(tmpdir(), `tocsin-${name}-`));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  write("package.json", JSON.stringify({ name: "consumer", private: true }));
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages];
  const installed = await execute("npm", install, dir);
  if (installed.code !== 0) throw new Error(`npm install failed:\n${installed.text}`);

  return {
    dir,
    write,
    node: (folder, ...args) => execute(process.execPath, args, join(dir, folder)),
    compile(folder, compiler = "typescript-7") {
      const tsc = join(root, "node_modules", compiler, "bin/tsc");
      return execute(process.execPath, [tsc, "-p", "."], join(dir, folder));
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Strict, and with the packages' own declarations checked too. */
export function tsconfig(options: Record<string, unknown>, files: readonly string[]): string {
  return JSON.stringify({
    compilerOptions: {
      target: "ES2022",
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      ...options,
    },
    files,
  });
}
