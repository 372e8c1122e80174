import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A fenced code block of a page. */
export interface Block {
  /** Path of the page from the root, with forward slashes. */
  readonly page: string;
  /** Line of its first line of code, 1 for the first of the page. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** Named by `<!-- setup: name -->` above the block: code that a reader can do without seeing. */
  readonly setup: string | undefined;
}

const IGNORED = new Set([
  "node_modules",
  "dist",
  ".git",
  ".tsbuild",
  "coverage",
  "api",
  "CHANGELOG.md",
]);

/** Every markdown page below a directory, as paths from the root. */
export function pagesBelow(directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return pagesBelow(path);
    return entry.name.endsWith(".md") ? [relative(".", path).split(sep).join("/")] : [];
  });
}

/** The text of a page. */
export function read(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** The fenced code blocks of a page. */
export function blocksOf(page: string): Block[] {
  const lines = read(page).split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const language = /^```(\w*)$/.exec(line)?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`${page}:${at + 1}: this code block is not closed`);
    blocks.push({
      page,
      line: at + 2,
      language,
      code: lines.slice(at + 1, end).join("\n"),
      setup: namedAbove(lines, at),
    });
    at = end;
  }
  return blocks;
}

function namedAbove(lines: readonly string[], fence: number): string | undefined {
  let at = fence - 1;
  while (at >= 0 && lines[at] === "") at -= 1;
  return /^<!-- setup: ([\w-]+) -->$/.exec(lines[at] ?? "")?.[1];
}

/** The name a block gives itself in its first line, as in `// contract.ts`. */
export function fileName({ code }: Block): string | undefined {
  return /^\/\/ ([\w-]+\.tsx?)$/.exec(code.split("\n", 1)[0] ?? "")?.[1];
}
