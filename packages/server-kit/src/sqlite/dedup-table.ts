import { randomUUID } from "node:crypto";
import type { Claim } from "../store/dedup-store.js";
import { command, query, type SqliteLike } from "./database.js";

/** The keys in a database file. Nothing here begins or ends a transaction: the caller does. */
export interface DedupTable {
  claim(key: string, ttlMs: number): Claim;
  settle(key: string, value: string, token: string): void;
  release(key: string, token: string): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS tocsin_dedup (
    key TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, value TEXT, token TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tocsin_dedup_expiry ON tocsin_dedup (expires_at);
`;

/** Expired keys that each claim clears away: more than one, so that the table shrinks to the living ones. */
const CLEARED_PER_CLAIM = 4;

/** Opens the table, made if it is not there. `now` is milliseconds since 1970. */
export function dedupTable(db: SqliteLike, now: () => number): DedupTable {
  db.exec(SCHEMA);
  const win = query<{ key: string }>(
    db,
    `INSERT INTO tocsin_dedup (key, expires_at, value, token) VALUES (?, ?, NULL, ?)
     ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at, value = NULL, token = excluded.token
     WHERE tocsin_dedup.expires_at <= ? RETURNING key`,
  );
  const winner = query<{ value: string | null }>(
    db,
    "SELECT value FROM tocsin_dedup WHERE key = ?",
  );
  const settle = command(
    db,
    "UPDATE tocsin_dedup SET value = ? WHERE key = ? AND token = ? AND expires_at > ?",
  );
  const release = command(db, "DELETE FROM tocsin_dedup WHERE key = ? AND token = ?");
  const clear = command(
    db,
    `DELETE FROM tocsin_dedup WHERE key IN
     (SELECT key FROM tocsin_dedup WHERE expires_at <= ? ORDER BY expires_at LIMIT ${CLEARED_PER_CLAIM})`,
  );
  return {
    claim(key, ttlMs) {
      const at = now();
      const token = randomUUID();
      if (win(literal(key), at + ttlMs, token, at).length > 0) {
        clear(at);
        return { won: true, token };
      }
      const value = winner(literal(key))[0]?.value ?? undefined;
      return { won: false, value: value === undefined ? undefined : JSON.parse(value) };
    },
    settle: (key, value, token) => settle(JSON.stringify(value), literal(key), token, now()),
    release: (key, token) => release(literal(key), token),
  };
}

/** As JSON, because SQLite's text ends at a zero character and has no form for half a surrogate pair. */
function literal(key: string): string {
  return JSON.stringify(key);
}
