import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { findPostgres } from "../../../../scripts/lib/needs.mjs";
import { migrateAlerts } from "../../src/alerts/store/migrations.js";
import type { AlertTables } from "../../src/alerts/store/tables.js";
import { connectAlerts } from "./connect-alerts.js";
import { type PostgresServer, startPostgres } from "./postgres.js";
import { type TemporaryDirectory, temporaryDirectory } from "./temporary-directory.js";

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

/** Defines the tests of `suite` for each engine. PostgreSQL is left out, with a reason, where it is not installed. */
export function describeEngines(title: string, suite: (engine: AlertEngine) => void): void {
  describe(`${title}, on SQLite`, () => {
    let templates: TemporaryDirectory | undefined;
    let template: string;
    beforeAll(async () => {
      templates = temporaryDirectory();
      template = join(templates.path, "alerts.db");
      const db = connectAlerts(template);
      await migrateAlerts(db);
      await sql`pragma wal_checkpoint(truncate)`.execute(db); // what is only in the log would not be copied
      await db.destroy();
    });
    afterAll(() => templates?.[Symbol.dispose]());
    suite({
      name: "SQLite",
      async open() {
        const directory = temporaryDirectory();
        const location = join(directory.path, "alerts.db");
        copyFileSync(template, location);
        return opened(connectAlerts(location), location, () => directory[Symbol.dispose]());
      },
    });
  });
  describe(`${title}, on PostgreSQL`, () => {
    const lacking = findPostgres() === undefined;
    let server: PostgresServer | undefined;
    let location: string;
    beforeAll(async () => {
      // A crash of the machine is no part of these tests.
      if (lacking) return;
      server = await startPostgres(["fsync=off", "synchronous_commit=off"]);
      location = await server.database();
      const db = connectAlerts(location);
      await migrateAlerts(db);
      await db.destroy();
    });
    afterAll(() => server?.[Symbol.asyncDispose]());
    beforeEach(({ skip }) => {
      if (lacking) skip("PostgreSQL is not installed");
    });
    suite({
      name: "PostgreSQL",
      async open() {
        if (!server) throw new Error("PostgreSQL was not started");
        // To empty one database takes a moment, to make one most of a second.
        const db = connectAlerts(location);
        for (const { name } of await db.introspection.getTables()) {
          if (!name.includes("migrations")) await sql`delete from ${sql.table(name)}`.execute(db);
        }
        return opened(db, location, () => {});
      },
    });
  });
}

function opened(db: Kysely<AlertTables>, location: string, close: () => void): AlertDatabase {
  return {
    db,
    location,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      close();
    },
  };
}
