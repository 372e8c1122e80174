import { join } from "node:path";
import { Kysely, PostgresDialect, SqliteDialect } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { findPostgres } from "../../../../scripts/lib/needs.mjs";
import { migrateAlerts } from "../../src/alerts/store/migrations.js";
import type { AlertTables } from "../../src/alerts/store/tables.js";
import { openSqlite } from "../../src/sqlite/index.js";
import { type PostgresServer, startPostgres } from "./postgres.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** A database of one test. */
export interface AlertDatabase extends AsyncDisposable {
  readonly db: Kysely<AlertTables>;
  /** Opens it once more, as another process does: a file, or a URL. */
  readonly location: string;
}

/** What the tests of a suite are given. */
export interface AlertEngine {
  readonly name: "SQLite" | "PostgreSQL";
  /** Makes an empty database and its tables. */
  open(): Promise<AlertDatabase>;
}

/** Opens a database made by {@link AlertEngine.open}; whoever opens it closes it. */
export function connectAlerts(location: string): Kysely<AlertTables> {
  return new Kysely<AlertTables>({
    dialect: location.startsWith("postgres:")
      ? new PostgresDialect({ pool: new pg.Pool({ connectionString: location, max: 8 }) })
      : new SqliteDialect({ database: openSqlite(location) }),
  });
}

/** Defines the tests of `suite` for each engine. PostgreSQL is left out, with a reason, where it is not installed. */
export function describeEngines(title: string, suite: (engine: AlertEngine) => void): void {
  describe(`${title}, on SQLite`, () => {
    suite({
      name: "SQLite",
      async open() {
        const directory = temporaryDirectory();
        const location = join(directory.path, "alerts.db");
        return opened(location, async () => directory[Symbol.dispose]());
      },
    });
  });
  describe(`${title}, on PostgreSQL`, () => {
    const lacking = findPostgres() === undefined;
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      // A crash of the machine is no part of these tests.
      if (!lacking) server = await startPostgres(["fsync=off", "synchronous_commit=off"]);
    });
    afterAll(() => server?.[Symbol.asyncDispose]());
    beforeEach(({ skip }) => {
      if (lacking) skip("PostgreSQL is not installed");
    });
    suite({
      name: "PostgreSQL",
      async open() {
        if (!server) throw new Error("PostgreSQL was not started");
        return opened(await server.database(), async () => {});
      },
    });
  });
}

async function opened(location: string, close: () => Promise<void>): Promise<AlertDatabase> {
  const db = connectAlerts(location);
  await migrateAlerts(db);
  return {
    db,
    location,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      await close();
    },
  };
}
