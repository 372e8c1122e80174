// Runs before anything is installed, so it may use Node built-ins only.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const OLDEST_NODE = 20;

/**
 * Why the installed packages are not those of the lock file, or undefined when they are.
 * The contents are compared, not the times: a checkout touches the lock file without changing it.
 */
export function whyStale(lock, installed) {
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === "") continue;
    const found = installed.packages[path];
    if (found === undefined) {
      // Another platform's binaries are in the lock file and rightly not on this disk.
      if (wanted.optional || wanted.devOptional) continue;
      return `${path} is missing`;
    }
    if (found.version !== wanted.version || found.integrity !== wanted.integrity)
      return `${path} is another version`;
  }
  return undefined;
}

function whyInstall() {
  const marker = join(root, "node_modules/.package-lock.json");
  if (!existsSync(marker)) return "node_modules is missing";
  const read = (path) => JSON.parse(readFileSync(path, "utf8"));
  try {
    return whyStale(read(join(root, "package-lock.json")), read(marker));
  } catch {
    return "node_modules is unreadable";
  }
}

/** Leaves node_modules as the lock file says, or ends the process with the reason. */
export function ensureInstalled() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < OLDEST_NODE) {
    console.error(`Tocsin needs Node ${OLDEST_NODE} or newer; this is ${process.version}.`);
    process.exit(1);
  }
  const why = whyInstall();
  if (why === undefined) return;
  console.log(`Installing packages (npm ci): ${why}`);
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) {
    console.error("npm ci failed; see the lines above.");
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureInstalled();
