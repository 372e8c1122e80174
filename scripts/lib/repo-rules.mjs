import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../setup.mjs";

const MAX_LINES = 300;
const isTest = (name) => /\.test(-d)?\.tsx?$/.test(name);

function* sourceFiles(dir) {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/\.(tsx?|mjs)$/.test(entry.name) && !isTest(entry.name)) yield path;
  }
}

/** Source files longer than a reader should be asked to hold in mind. */
export function tooLongFiles() {
  const dirs = ["packages", "examples"].flatMap((top) =>
    readdirSync(join(root, top)).map((name) => join(root, top, name, "src")),
  );
  return dirs.flatMap((dir) =>
    [...sourceFiles(dir)].flatMap((path) => {
      const lines = readFileSync(path, "utf8").trimEnd().split("\n").length;
      return lines > MAX_LINES
        ? [`${relative(root, path)}: ${lines} lines, at most ${MAX_LINES}`]
        : [];
    }),
  );
}

/** Lock files that name download addresses, which would tie everybody to one registry. */
export function lockAddresses() {
  return ["package-lock.json", "runtimes/package-lock.json"].filter((file) =>
    /"resolved":\s*"https?:/.test(readFileSync(join(root, file), "utf8")),
  );
}
