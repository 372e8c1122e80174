// `npm run check`: everything a change has to pass besides the tests. `--only a,b` picks steps.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildPackages } from "./lib/built.mjs";
import { lockAddresses, tooLongFiles } from "./lib/repo-rules.mjs";
import { runNode } from "./lib/run.mjs";
import { ensureInstalled, root } from "./setup.mjs";

ensureInstalled();

// Biome paints every character when it writes to a pipe.
const biomeColors = process.stdout.isTTY ? [] : ["--colors=off"];

const bin = (path) => join(root, "node_modules", path);
const packages = ["protocol", "server-kit", "client"].map((name) => join(root, "packages", name));

/** Runs the jobs one after another and fails when any did, after all had their say. */
async function all(...jobs) {
  let worst = 0;
  for (const job of jobs) worst = Math.max(worst, await job());
  return worst;
}

function report(problems) {
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? 0 : 1;
}

function checkPackages() {
  return all(
    ...packages.flatMap((cwd) => [
      () => runNode(bin("publint/src/cli.js"), ["run", "--strict"], { cwd }),
      () =>
        runNode(
          bin("@arethetypeswrong/cli/dist/index.js"),
          // Subpath exports do not exist for the resolution of Node 10, which nobody here runs.
          ["--pack", ".", "--profile", "node16", "--format", "ascii", "--no-emoji"],
          { cwd },
        ),
    ]),
  );
}

function changesets() {
  const commit = (name) =>
    spawnSync("git", ["rev-parse", "--verify", "--quiet", name], { cwd: root }).stdout?.toString();
  const main = commit("main");
  if (!main) {
    console.log("Left out: there is no branch main to compare with.");
    return 0;
  }
  // A branch has to bring a changeset of its own; on main itself those not yet released count.
  const since = main === commit("HEAD") ? [] : ["--since=main"];
  return runNode(bin("@changesets/cli/bin.js"), ["status", ...since]);
}

const tsc = (...args) => runNode(bin("typescript-7/bin/tsc"), args);

const steps = {
  lint: [
    "format, lint, import lanes",
    () => runNode(bin("@biomejs/biome/bin/biome"), ["ci", ...biomeColors, "."]),
  ],
  types: [
    "types",
    () =>
      all(
        () => tsc("-b"),
        () => tsc("-p", "tsconfig.test.json"),
      ),
  ],
  knip: ["unused files, exports, dependencies", () => runNode(bin("knip/bin/knip.js"))],
  build: ["build", () => buildPackages({ force: true })],
  packages: ["what is published", checkPackages],
  size: ["size of the client", () => runNode(bin("size-limit/bin.js"))],
  docs: [
    "reference documentation",
    () => runNode(bin("typedoc/bin/typedoc"), ["--logLevel", "Warn"]),
  ],
  changesets: ["changesets", changesets],
  length: ["length of files", () => report(tooLongFiles())],
  lock: ["lock files without addresses", () => report(lockAddresses())],
};

const onlyAt = process.argv.indexOf("--only");
const only = onlyAt === -1 ? Object.keys(steps) : (process.argv[onlyAt + 1] ?? "").split(",");
const unknown = only.filter((key) => !(key in steps));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(", ")}. There are ${Object.keys(steps).join(", ")}.`);
  process.exit(2);
}

const outcome = [];
for (const key of only) {
  const [title, job] = steps[key];
  console.log(`\n== ${title}`);
  const start = performance.now();
  const ok = (await job()) === 0;
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`-- ${title}: ${ok ? "ok" : "FAILED"} (${seconds} s)`);
  outcome.push({ key, ok, seconds });
}

const failed = outcome.filter((step) => !step.ok).map((step) => step.key);
console.log(`\n${outcome.length - failed.length} of ${outcome.length} checks passed`);
if (failed.length > 0) {
  console.log(`Failed: ${failed.join(", ")} (again: npm run check -- --only ${failed.join(",")})`);
  process.exitCode = 1;
}
