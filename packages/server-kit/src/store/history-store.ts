import type { Position } from "@tocsin/protocol";

/** An event before it has a position. */
export interface NewEntry {
  readonly data: unknown;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** In a table, the row it is about. */
  readonly key?: string;
  /** In a table, whether the row is gone. */
  readonly removed?: boolean;
}

/** An event with its place in the channel. */
export interface StoredEntry extends NewEntry {
  readonly offset: number;
}

/** What an append lets go of: all but the newest value, all but the newest row of each key, or old events. */
export type Keep =
  | { readonly mode: "latest" }
  | { readonly mode: "table" }
  | { readonly mode: "log"; readonly size: number; readonly ttlMs: number };

/** Which part of a channel to read. */
export interface HistoryQuery {
  /** Only entries after this offset. Absent: the whole of what is kept; in a table then without removed rows. */
  readonly after?: number;
  /** At most so many entries; the oldest ones, or with `newest` the newest ones. Default: all. */
  readonly limit?: number;
  /** Take the limit from the newest end. Entries are in ascending order all the same. */
  readonly newest?: boolean;
}

/** A consistent read: entries and position belong to the same instant. */
export interface HistoryPage {
  readonly epoch: string;
  /** Offset of the newest event ever appended, 0 when there was none. */
  readonly offset: number;
  /**
   * The smallest `after` for which nothing is missing: a reader whose position is at or above it can be
   * brought up to date, one below it has a gap.
   */
  readonly complete: number;
  readonly entries: readonly StoredEntry[];
}

/** What survives when the process dies after an append has resolved. */
export type Durability = "none" | "process-crash" | "power-loss";

/** A key that lets a repeated append take effect once. */
export interface Once {
  readonly key: string;
  /** How long the key is remembered, milliseconds. */
  readonly ttlMs: number;
}

/** Where an append landed, or where the first one with its key did. */
export interface AppendedOnce extends Position {
  readonly duplicate: boolean;
}

/** Numbers the events of each channel and keeps what its mode promises. */
export interface HistoryStore extends AsyncDisposable {
  readonly durability: Durability;
  /** Stores one entry; resolves with its position when it is as safe as {@link Durability} says. */
  append(channel: string, entry: NewEntry, keep: Keep): Promise<Position>;
  /**
   * Appends, unless one with this key was appended within its window. Claiming the key and storing the entry
   * are one step that no crash can cut in two. Left out by stores that cannot do that; a publisher then claims
   * from a `DedupStore` first, where a crash in between leaves a key that is taken until its window ends.
   */
  appendOnce?(channel: string, entry: NewEntry, keep: Keep, once: Once): Promise<AppendedOnce>;
  /** Reads a channel. One that was never written has offset 0 and an epoch all the same. */
  read(channel: string, query?: HistoryQuery): Promise<HistoryPage>;
}
