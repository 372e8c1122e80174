import { type Logger, silentLogger } from "../logger.js";
import type { Durability } from "../store/history-store.js";
import { PostgresSettingsError } from "./errors.js";
import { tooNew } from "./migrate.js";
import { type PostgresPool, queryRunner, type Row, type RunQuery } from "./pool.js";
import { SCHEMA_VERSION, schemaName } from "./schema.js";

/** What to open, and how. */
export interface OpenPostgresOptions {
  /** A `Pool` of `pg`. The caller closes it. The broker keeps one connection of it for itself. */
  readonly pool: PostgresPool;
  /** Where `migratePostgres` put the tables. Default `"tocsin"`. */
  readonly schema?: string;
  /** After so many milliseconds without an answer a query is given up, and its connection ended. Default 5,000. */
  readonly timeoutMs?: number;
  /**
   * Whether every server that may take over has all that was acknowledged, because `synchronous_standby_names` says
   * so. Positions then keep their epoch when one does. Otherwise every channel has a new epoch on another timeline,
   * and nobody takes lost events for seen ones. Default: no.
   */
  readonly synchronousStandbys?: boolean;
  /** Told of connections that are lost. Default: silent. */
  readonly logger?: Logger;
}

/** A database that the stores can use. */
export interface Postgres extends AsyncDisposable {
  readonly pool: PostgresPool;
  readonly schema: string;
  readonly timeoutMs: number;
  readonly synchronousStandbys: boolean;
  /** What a commit survives, as the server is set up. */
  readonly durability: Durability;
  /** Queries, and gives up in time. */
  readonly query: RunQuery;
  /** Resolves while PostgreSQL answers: for a check of readiness. */
  ping(): Promise<void>;
}

/**
 * Looks at a database before stores are made on it: whether `migratePostgres` was there, and what a commit is worth.
 * It also listens for errors of idle connections, which would end the process otherwise. Dispose of it after the
 * stores; the pool stays the caller's.
 *
 * @throws {@link PostgresSettingsError} when the tables are missing or too new, or text is not stored as UTF-8.
 */
export async function openPostgres({
  pool,
  schema,
  timeoutMs = 5_000,
  synchronousStandbys = false,
  logger = silentLogger,
}: OpenPostgresOptions): Promise<Postgres> {
  const name = schemaName(schema);
  const query = queryRunner(pool, timeoutMs);
  const onError = (error: Error) => logger.warn({ err: error }, "lost an idle connection");
  pool.on("error", onError);
  try {
    const durability = await inspect(query, name);
    return {
      pool,
      schema: name,
      timeoutMs,
      synchronousStandbys,
      durability,
      query,
      async ping() {
        await query("SELECT 1");
      },
      async [Symbol.asyncDispose]() {
        pool.removeListener("error", onError);
      },
    };
  } catch (error) {
    pool.removeListener("error", onError);
    throw error;
  }
}

async function inspect(query: RunQuery, schema: string): Promise<Durability> {
  const [server] = await query(
    `SELECT current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS commit, to_regclass($1) IS NOT NULL AS migrated`,
    [`${schema}.settings`],
  );
  if (server?.encoding !== "UTF8") {
    throw new PostgresSettingsError(
      `the database stores text as ${String(server?.encoding)}; make it with ENCODING 'UTF8'`,
    );
  }
  const [found] = server.migrated
    ? await query(`SELECT value FROM ${schema}.settings WHERE name = 'version'`)
    : [];
  const version = Number(found?.value ?? 0);
  if (version > SCHEMA_VERSION) throw tooNew(schema, version);
  if (version < SCHEMA_VERSION) {
    throw new PostgresSettingsError(
      `schema "${schema}" is not there or not up to date; call migratePostgres before openPostgres`,
    );
  }
  return durabilityOf(server);
}

/** A server that answers before it has written may lose what it said even if only its process dies. */
function durabilityOf({ fsync, commit }: Row): Durability {
  if (commit === "off") return "none";
  return fsync === "on" ? "power-loss" : "process-crash";
}
