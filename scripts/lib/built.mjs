import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";
import { runNode } from "./run.mjs";

/** Newest and oldest change among the files below the paths; undefined when there are none. */
function times(paths) {
  let newest;
  let oldest;
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path)) visit(join(path, name));
      return;
    }
    if (newest === undefined || stat.mtimeMs > newest) newest = stat.mtimeMs;
    if (oldest === undefined || stat.mtimeMs < oldest) oldest = stat.mtimeMs;
  };
  for (const path of paths) visit(join(root, path));
  return newest === undefined ? undefined : { newest, oldest };
}

/** Whether something must be built: no output yet, or a source changed after the oldest output. */
function isStale(sources, outputs) {
  const built = outputs.map((output) => times([output]));
  if (built.some((output) => output === undefined)) return true;
  const changed = times(sources);
  return changed !== undefined && built.some((output) => output.oldest < changed.newest);
}

const packages = ["protocol", "server-kit", "client"]; // in the order of their dependencies

const sourcesOf = (dir, ...files) => ["src", "package.json", ...files].map((f) => `${dir}/${f}`);

/** Builds the packages whose output is missing or older than its sources; returns an exit code. */
export async function buildPackages({ force = false } = {}) {
  let rebuilt = false;
  for (const name of packages) {
    const dir = `packages/${name}`;
    const sources = ["tsup.base.ts", "tsconfig.base.json", ...sourcesOf(dir, "tsup.config.ts")];
    // The declarations of server-kit and client are made from those of protocol.
    if (!force && !rebuilt && !isStale(sources, [`${dir}/dist`])) continue;
    console.log(`Building @tocsin/${name}`);
    const cwd = join(root, dir);
    const code =
      (await runNode(join(root, "node_modules/typescript-7/bin/tsc"), ["-b"], { cwd })) ||
      (await runNode(join(root, "node_modules/tsup/dist/cli-default.js"), [], { cwd }));
    if (code !== 0) return code;
    if (name === "protocol") rebuilt = true;
  }
  return 0;
}

/** Builds the dashboard, which reads our packages from their sources; returns an exit code. */
export async function buildDashboard() {
  const dir = "examples/alert-dashboard";
  const sources = [
    ...sourcesOf(dir, "index.html", "public", "vite.config.ts"),
    "examples/alert-contract/src",
    "packages/protocol/src",
    "packages/client/src",
  ];
  if (!isStale(sources, [`${dir}/dist`])) return 0;
  console.log("Building the dashboard");
  return runNode(join(root, "node_modules/vite/bin/vite.js"), ["build", "--logLevel", "warn"], {
    cwd: join(root, dir),
  });
}
