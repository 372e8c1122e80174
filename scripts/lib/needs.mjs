import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const firstExisting = (...paths) =>
  paths.find((path) => path !== undefined && path !== "" && existsSync(path));

/** The browser that vitest and the end-to-end tests drive; undefined when there is none. */
export const findChromium = () =>
  firstExisting(
    process.env.CHROMIUM_PATH,
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  );

/** The server that tests of the Redis stores start; undefined when there is none. */
export const findRedis = () =>
  firstExisting(
    process.env.REDIS_SERVER_PATH,
    "/usr/bin/redis-server",
    "/usr/local/bin/redis-server",
    "/opt/homebrew/bin/redis-server",
  );

/** Where the programs of PostgreSQL are, which tests of the alert store start; undefined when there are none. */
export const findPostgres = () =>
  firstExisting(
    process.env.POSTGRES_BIN,
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
    "/opt/homebrew/opt/postgresql@17/bin",
  );

/** The server that tests of the NATS stores start; undefined when there is none. */
export const findNats = () =>
  firstExisting(
    process.env.NATS_SERVER_PATH,
    "/usr/sbin/nats-server",
    "/usr/local/bin/nats-server",
    "/opt/homebrew/bin/nats-server",
  );

const works = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/**
 * Programs that some tests need beyond npm packages: how to find one, the Debian packages that
 * bring it, and the vitest projects that go without when it is missing. A row is all it takes.
 */
const needs = [
  {
    name: "Chromium",
    projects: ["browser", "integration"],
    apt: ["chromium"],
    find: findChromium,
  },
  {
    name: "Redis",
    projects: ["integration"],
    apt: ["redis-server"],
    find: findRedis,
  },
  {
    name: "PostgreSQL",
    projects: ["integration"],
    // The package of that version: its tests start a server of their own, and need none that runs.
    apt: ["postgresql-15"],
    find: findPostgres,
  },
  {
    name: "NATS",
    projects: ["integration"],
    apt: ["nats-server"],
    find: findNats,
  },
  {
    name: "Python with the websockets module",
    projects: ["integration"],
    apt: ["python3-websockets"],
    find: () =>
      works("/usr/bin/python3", ["-c", "import websockets"]) ? "/usr/bin/python3" : undefined,
  },
];

const canInstall = () => process.getuid?.() === 0 && existsSync("/etc/debian_version");

/**
 * Installs what the chosen projects miss, where that is possible without asking anybody.
 * Returns the rows still missing, each with the reason.
 */
export function satisfyNeeds(wanted, { table = needs } = {}) {
  const missing = table.filter((need) => need.projects.some(wanted) && need.find() === undefined);
  if (missing.length === 0) return [];
  if (!canInstall())
    return missing.map((need) => ({
      ...need,
      why: `${need.name} is not installed (Debian: apt-get install ${need.apt.join(" ")})`,
    }));
  const packages = missing.flatMap((need) => need.apt);
  console.log(`Installing ${packages.join(", ")} (apt-get)`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args) =>
    spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  apt("update");
  apt("install", "-y", "--no-install-recommends", ...packages);
  return missing
    .filter((need) => need.find() === undefined)
    .map((need) => ({ ...need, why: `${need.name} could not be installed` }));
}
