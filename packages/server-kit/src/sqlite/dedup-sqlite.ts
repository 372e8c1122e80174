import type { Claim, DedupStore } from "../store/dedup-store.js";
import { command, query, type SqliteLike } from "./database.js";
import { writeQueue } from "./write-queue.js";

/** Settings of {@link sqliteDedupStore}. */
export interface SqliteDedupOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS tocsin_dedup (
    key TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, value TEXT
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tocsin_dedup_expiry ON tocsin_dedup (expires_at);
`;

/** Expired keys that each claim clears away: more than one, so that the table shrinks to the living ones. */
const CLEARED_PER_CLAIM = 4;

/**
 * Remembers keys in a database file, for exactly their `ttlMs`, restarts included. A claim is on the disk when it
 * resolves. Claims of one round of the event loop share a commit. The caller owns `db` and closes it.
 */
export function sqliteDedupStore(
  db: SqliteLike,
  { now = Date.now }: SqliteDedupOptions = {},
): DedupStore {
  db.exec(SCHEMA);
  const queue = writeQueue(db);
  const win = query<{ key: string }>(
    db,
    `INSERT INTO tocsin_dedup (key, expires_at, value) VALUES (?, ?, NULL)
     ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at, value = NULL
     WHERE tocsin_dedup.expires_at <= ? RETURNING key`,
  );
  const winner = query<{ value: string | null }>(
    db,
    "SELECT value FROM tocsin_dedup WHERE key = ?",
  );
  const settle = command(db, "UPDATE tocsin_dedup SET value = ? WHERE key = ? AND expires_at > ?");
  const release = command(db, "DELETE FROM tocsin_dedup WHERE key = ?");
  const clear = command(
    db,
    `DELETE FROM tocsin_dedup WHERE key IN
     (SELECT key FROM tocsin_dedup WHERE expires_at <= ? ORDER BY expires_at LIMIT ${CLEARED_PER_CLAIM})`,
  );

  function claim(key: string, ttlMs: number): Claim {
    const at = now();
    if (win(key, at + ttlMs, at).length > 0) {
      clear(at);
      return { won: true };
    }
    const value = winner(key)[0]?.value ?? undefined;
    return { won: false, value: value === undefined ? undefined : JSON.parse(value) };
  }

  return {
    claim: (key, ttlMs) => queue.write(() => claim(literal(key), ttlMs)),
    settle: (key, value) => queue.write(() => settle(JSON.stringify(value), literal(key), now())),
    release: (key) => queue.write(() => release(literal(key))),
    [Symbol.asyncDispose]: () => queue.settled(),
  } satisfies DedupStore;
}

/** As JSON, because SQLite's text ends at a zero character and has no form for half a surrogate pair. */
function literal(key: string): string {
  return JSON.stringify(key);
}
