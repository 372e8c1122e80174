import { Kysely, PostgresDialect, SqliteDialect } from "kysely";
import pg from "pg";
import type { AlertTables } from "../../src/alerts/store/tables.js";
import { openSqlite } from "../../src/sqlite/index.js";

/** Opens a database made by {@link AlertEngine.open}; whoever opens it closes it. */
export function connectAlerts(location: string): Kysely<AlertTables> {
  if (location.startsWith("postgres:")) {
    const pool = new pg.Pool({ connectionString: location, max: 8 });
    return new Kysely<AlertTables>({ dialect: new PostgresDialect({ pool }) });
  }
  const database = openSqlite(location, { busyTimeoutMs: 30_000 });
  database.pragma("synchronous = OFF"); // a crash of the machine is no part of these tests
  return new Kysely<AlertTables>({ dialect: new SqliteDialect({ database }) });
}
