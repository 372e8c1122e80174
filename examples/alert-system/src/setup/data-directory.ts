import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DedupStore } from "@tocsin/server-kit";
import { type AlertTables, migrateAlerts } from "@tocsin/server-kit/alerts";
import {
  openSqlite,
  type SqliteHistoryStore,
  sqliteDedupStore,
  sqliteHistoryStore,
} from "@tocsin/server-kit/sqlite";
import { Kysely, PostgresDialect, SqliteDialect } from "kysely";
import Database from "libsql";
import pg from "pg";
import { type HoldingTables, migrateHoldings } from "../portfolio/migrations.js";
import type { Settings } from "./settings.js";
import { StartupError } from "./startup-error.js";

/** All tables of the system. */
export type SystemTables = AlertTables & HoldingTables;

/** Everything a restart finds again. */
export interface DataDirectory {
  /** Monitors, notifications, holdings, where the market was. */
  readonly db: Kysely<SystemTables>;
  /** What inboxes keep for readers that reconnect, so that a restart is no gap for them. */
  readonly inboxes: SqliteHistoryStore;
  /** Keys of requests that were done, so that a repeat after a restart is a repeat. */
  readonly keys: DedupStore;
  /** Secret of the session tokens; the same after a restart, so that nobody has to sign in again. */
  readonly secret: Uint8Array;
  close(): Promise<void>;
}

/**
 * Opens, or makes, a data directory and brings its tables up to date. One process at a time may have it: two
 * would play the same market twice.
 *
 * @throws {@link StartupError} when it cannot be used, saying why and what to do.
 */
export async function openDataDirectory({
  dataDirectory: path,
  jwtSecret: givenSecret,
  databaseUrl,
}: Pick<Settings, "dataDirectory" | "jwtSecret"> &
  Partial<Pick<Settings, "databaseUrl">>): Promise<DataDirectory> {
  const secret = prepare(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return givenSecret === undefined ? keptSecret(path) : new TextEncoder().encode(givenSecret);
  });
  const unlock = lock(path);
  try {
    const db = await openDatabase(path, databaseUrl);
    const inboxDb = openSqlite(join(path, "inboxes.sqlite"));
    const inboxes = sqliteHistoryStore(inboxDb);
    const keyDb = openSqlite(join(path, "keys.sqlite"));
    const keys = sqliteDedupStore(keyDb);
    return {
      db,
      inboxes,
      keys,
      secret,
      async close() {
        await Promise.all([inboxes[Symbol.asyncDispose](), keys[Symbol.asyncDispose]()]);
        inboxDb.close();
        keyDb.close();
        await db.destroy();
        unlock();
      },
    };
  } catch (cause) {
    unlock();
    if (cause instanceof StartupError) throw cause;
    throw unusable(path, cause);
  }
}

async function openDatabase(
  path: string,
  databaseUrl: string | undefined,
): Promise<Kysely<SystemTables>> {
  const db = new Kysely<SystemTables>({
    dialect:
      databaseUrl === undefined
        ? new SqliteDialect({ database: openSqlite(join(path, "alerts.sqlite")) })
        : new PostgresDialect({ pool: new pg.Pool({ connectionString: databaseUrl }) }),
  });
  try {
    await migrateAlerts(db as unknown as Kysely<AlertTables>);
    await migrateHoldings(db);
    return db;
  } catch (cause) {
    await db.destroy();
    if (databaseUrl === undefined) throw cause;
    const why = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new StartupError(
      `The database cannot be used: ${why}. Start it, or correct DATABASE_URL; without it, a file is used.`,
      { cause },
    );
  }
}

function prepare<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw unusable(path, cause);
  }
}

function keptSecret(path: string): Uint8Array {
  const file = join(path, "session-secret");
  try {
    // "wx": whoever comes second reads what the first one wrote.
    writeFileSync(file, randomBytes(48).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  chmodSync(file, 0o600);
  return new TextEncoder().encode(readFileSync(file, "utf8").trim());
}

/** A lock the operating system lets go of when the process dies, however it dies. */
function lock(path: string): () => void {
  const database = new Database(join(path, "lock.sqlite"));
  try {
    database.exec("begin exclusive");
  } catch (cause) {
    database.close();
    throw new StartupError(
      `Another server is using ${path}. Stop it, or give this one a directory of its own: ` +
        "set TOCSIN_DATA.",
      { cause },
    );
  }
  return () => database.close();
}

function unusable(path: string, cause: unknown): StartupError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StartupError(
    `The data directory ${path} cannot be used: ${why}. Make it writable, or name another: ` +
      "set TOCSIN_DATA.",
    { cause },
  );
}
