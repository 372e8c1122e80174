import { randomUUID } from "node:crypto";
import type { DedupStore } from "../store/dedup-store.js";
import { columnText } from "./names.js";
import type { Postgres } from "./open-postgres.js";

/** Settings of {@link postgresDedupStore}. */
export interface PostgresDedupOptions {
  /** Milliseconds since 1970. Default: the clock of the server, which all nodes share. */
  readonly now?: () => number;
}

/**
 * Remembers keys in PostgreSQL, for exactly their `ttlMs` by one clock, however many nodes ask. Each call is one
 * statement. The caller owns the pool and closes it.
 */
export function postgresDedupStore(
  { query, schema }: Pick<Postgres, "query" | "schema">,
  { now }: PostgresDedupOptions = {},
): DedupStore {
  const time = () => now?.() ?? null;
  return {
    async claim(key, ttlMs) {
      const token = randomUUID();
      const [claim] = await query(`SELECT * FROM ${schema}.claim($1, $2, $3, $4)`, [
        columnText(key),
        ttlMs,
        token,
        time(),
      ]);
      if (claim?.o_won === true) return { won: true, token };
      const value = claim?.o_value;
      return { won: false, value: typeof value === "string" ? JSON.parse(value) : undefined };
    },
    async settle(key, value, token) {
      await query(
        `UPDATE ${schema}.claims SET value = $3 WHERE key = $1 AND token = $2 AND ends > ${schema}.now_ms($4)`,
        [columnText(key), token, JSON.stringify(value), time()],
      );
    },
    async release(key, token) {
      await query(`DELETE FROM ${schema}.claims WHERE key = $1 AND token = $2`, [
        columnText(key),
        token,
      ]);
    },
    async [Symbol.asyncDispose]() {},
  } satisfies DedupStore;
}
