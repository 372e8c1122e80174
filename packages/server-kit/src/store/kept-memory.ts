import type { HistoryQuery, Keep, StoredEntry } from "./history-store.js";

/** What one channel keeps of its events, by the rules of its mode. */
export interface Kept {
  readonly mode: Keep["mode"];
  /** About how many bytes the kept entries occupy. */
  readonly bytes: number;
  /** As in `HistoryPage`: the smallest `after` for which nothing is missing. */
  readonly complete: number;
  /** Adds the newest entry and lets go of what it replaces. */
  add(entry: StoredEntry, bytes: number, keep: Keep): void;
  /** Lets go of what is too old at `now`. */
  expire(now: number): void;
  /** Lets go of old entries until at most `bytes` are left, as far as the mode allows. */
  shrink(bytes: number): void;
  read(query: HistoryQuery): readonly StoredEntry[];
}

/** The part of a sorted list that a query's `limit` leaves. */
export function limited<T>(
  entries: readonly T[],
  { limit, newest = false }: HistoryQuery,
): readonly T[] {
  if (limit === undefined || limit >= entries.length) return entries;
  return newest ? entries.slice(entries.length - limit) : entries.slice(0, limit);
}

/** Keeps the newest value. Whatever a reader has seen, that value brings it up to date. */
export function keptLatest(): Kept {
  let newest: StoredEntry | undefined;
  let bytes = 0;
  return {
    mode: "latest",
    get bytes() {
      return bytes;
    },
    complete: 0,
    add(entry, size) {
      newest = entry;
      bytes = size;
    },
    expire() {},
    shrink() {},
    read: (query) =>
      newest === undefined || newest.offset <= (query.after ?? 0) ? [] : limited([newest], query),
  };
}
