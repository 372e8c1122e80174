import type { DedupStore } from "../store/dedup-store.js";
import type { SqliteLike } from "./database.js";
import { dedupTable } from "./dedup-table.js";
import { writeQueue } from "./write-queue.js";

/** Settings of {@link sqliteDedupStore}. */
export interface SqliteDedupOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * Remembers keys in a database file, for exactly their `ttlMs`, restarts included. A claim is on the disk when it
 * resolves. Claims of one round of the event loop share a commit. The caller owns `db` and closes it.
 */
export function sqliteDedupStore(
  db: SqliteLike,
  { now = Date.now }: SqliteDedupOptions = {},
): DedupStore {
  const table = dedupTable(db, now);
  const queue = writeQueue(db);
  return {
    claim: (key, ttlMs) => queue.write(() => table.claim(key, ttlMs)),
    settle: (key, value, token) => queue.write(() => table.settle(key, value, token)),
    release: (key, token) => queue.write(() => table.release(key, token)),
    [Symbol.asyncDispose]: () => queue.settled(),
  } satisfies DedupStore;
}
