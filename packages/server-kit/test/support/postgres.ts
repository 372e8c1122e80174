import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findPostgres } from "../../../../scripts/lib/needs.mjs";
import { freePort } from "./redis.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** A PostgreSQL of a test's own: its files are in a directory that is gone with it. */
export interface PostgresServer extends AsyncDisposable {
  /** Makes an empty database; resolves with its URL. */
  database(): Promise<string>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, with the files it had. */
  start(): Promise<void>;
}

/** PostgreSQL refuses to run as root: then it is run as the user of its Debian package. */
function serverUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (which: string) => Number(spawnSync("id", [which, "postgres"]).stdout.toString());
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/** Starts a server on a free port and waits until it answers. `settings` are as in `fsync=off`. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const programs = findPostgres();
  if (programs === undefined) throw new Error("PostgreSQL is not installed");
  const directory = temporaryDirectory();
  const user = serverUser();
  if (user.uid !== undefined && user.gid !== undefined) {
    chownSync(directory.path, user.uid, user.gid);
  }
  const data = join(directory.path, "data");
  const options = { ...user, cwd: directory.path, stdio: "ignore" } as const;
  const made = spawnSync(
    join(programs, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    options,
  );
  if (made.status !== 0) throw new Error(`initdb ended with ${made.status}`);
  const port = await freePort();
  const url = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`;
  const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", directory.path];
  const start = () => {
    const given = settings.flatMap((setting) => ["-c", setting]);
    return spawn(join(programs, "postgres"), [...args, ...given], options);
  };
  let child: ChildProcess = start();
  await answering(url("postgres"), () => child);
  let databases = 0;
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  return {
    async database() {
      databases += 1;
      const name = `test_${databases}`;
      const client = new pg.Client({ connectionString: url("postgres") });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return url(name);
    },
    // SIGQUIT: at once and without a last checkpoint, but with its children, which a SIGKILL would leave behind.
    kill: () => end("SIGQUIT"),
    async start() {
      child = start();
      await answering(url("postgres"), () => child);
    },
    async [Symbol.asyncDispose]() {
      // First as it should be, then whoever is still connected is thrown out.
      const late = setTimeout(() => child.kill("SIGINT"), 5_000);
      await end("SIGTERM");
      clearTimeout(late);
      directory[Symbol.dispose]();
    },
  };
}

async function answering(url: string, child: () => ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { exitCode } = child();
    if (exitCode !== null) throw new Error(`postgres ended with ${exitCode}`);
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query("select 1");
      return;
    } catch {
      await sleep(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new Error("postgres did not answer within 30 s");
}
