// `npm test`: all that is needed to run every test, from a fresh clone, and one line of result.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackages } from "./lib/built.mjs";
import { satisfyNeeds } from "./lib/needs.mjs";
import { runNode } from "./lib/run.mjs";
import { projectFilter, summarize } from "./lib/summary.mjs";
import { ensureInstalled, root } from "./setup.mjs";

const args = process.argv.slice(2);
const wanted = projectFilter(args);

ensureInstalled();
const missing = satisfyNeeds(wanted);

// Unit, type and browser tests read the sources; the others may start what a user would start.
if (["integration", "packaging"].some(wanted) && (await buildPackages()) !== 0) {
  console.log("The packages do not build.\n0 passed, 1 failed");
  process.exit(1);
}

const dir = mkdtempSync(join(tmpdir(), "tocsin-test-"));
const tallyFile = join(dir, "tally.json");
const exitCode = await runNode(
  join(root, "node_modules/vitest/vitest.mjs"),
  [
    "run",
    "--reporter=default",
    `--reporter=${join(root, "scripts/lib/tally-reporter.mjs")}`,
    ...args,
  ],
  { env: { ...process.env, TOCSIN_TALLY_FILE: tallyFile } },
);

let tally;
try {
  tally = JSON.parse(readFileSync(tallyFile, "utf8"));
} catch {
  tally = undefined;
}
rmSync(dir, { recursive: true, force: true });

const strict = process.env.CI === "true" || process.env.CI === "1";
const result = summarize({ tally, exitCode, missing, args, strict });
console.log(`\n${result.lines.join("\n")}`);
process.exitCode = result.exitCode;
