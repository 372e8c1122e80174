import { randomUUID } from "node:crypto";
import { explained, PostgresSettingsError } from "./errors.js";
import { functions } from "./functions.js";
import { connected, type PostgresClient, type PostgresPool } from "./pool.js";
import { migrations, SCHEMA_VERSION, schemaName } from "./schema.js";

/** Settings of {@link migratePostgres}. */
export interface MigratePostgresOptions {
  /** The schema to put everything in; made if it is missing. Default `"tocsin"`. */
  readonly schema?: string;
  /** How long to wait for a connection, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

/** A number of our own, under which nodes that start at the same time wait for each other. */
const LOCK = 0x746f6373;

/**
 * Makes the tables and functions, or brings older ones up to date. Run it before `openPostgres`, at each start if you
 * like, with an account that may create: the stores need only use what it made. All of it is one transaction.
 *
 * @throws {@link PostgresSettingsError} when the tables are newer than this version knows.
 */
export async function migratePostgres(
  pool: PostgresPool,
  { schema, timeoutMs = 10_000 }: MigratePostgresOptions = {},
): Promise<void> {
  const name = schemaName(schema);
  const client = await connected(pool, timeoutMs);
  try {
    await client.query("BEGIN");
    await migrate(client, name);
    await client.query("COMMIT");
    client.release();
  } catch (error) {
    client.release(true); // and with it goes the transaction
    throw explained(error);
  }
}

async function migrate(client: PostgresClient, s: string): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
  const { rows } = await client.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [s]);
  // Asked first, for an account may use a schema that it could not make.
  if (rows.length === 0) await client.query(`CREATE SCHEMA ${s}`);
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${s}.settings (name text PRIMARY KEY, value text NOT NULL)`,
  );
  const version = await schemaVersion(client, s);
  if (version > SCHEMA_VERSION) throw tooNew(s, version);
  for (const step of migrations(s).slice(version)) await client.query(step);
  await client.query(functions(s));
  await client.query(
    `INSERT INTO ${s}.settings (name, value) VALUES ('epoch', $1) ON CONFLICT (name) DO NOTHING`,
    [randomUUID()],
  );
  await client.query(
    `INSERT INTO ${s}.settings (name, value) VALUES ('version', $1)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    [String(SCHEMA_VERSION)],
  );
}

async function schemaVersion(client: PostgresClient, s: string): Promise<number> {
  const { rows } = await client.query(
    `SELECT value::int AS version FROM ${s}.settings WHERE name = 'version'`,
  );
  const [row] = rows;
  return typeof row === "object" && row !== null && "version" in row ? Number(row.version) : 0;
}

/** The tables were made by a later version. */
export function tooNew(schema: string, version: number): PostgresSettingsError {
  return new PostgresSettingsError(
    `schema "${schema}" has version ${version}, and this version of @tocsin/server-kit knows up to ${SCHEMA_VERSION}; upgrade it`,
  );
}
