import type { ChannelMode, Position } from "@tocsin/protocol";

/** Where one handle stands, as far as asking the server goes. */
export interface Reader {
  /** Offset of the last event delivered to its handlers; `undefined` until it takes part. */
  readonly cursor: number | undefined;
  readonly rewind?: number | undefined;
  readonly since?: Position | undefined;
  readonly maxRate?: number | undefined;
}

/** A channel somebody wants, as far as asking the server goes. */
export interface Wanted<R extends Reader> {
  readonly mode: ChannelMode;
  readonly readers: Iterable<R>;
  /** Whether the server sends us this channel now. */
  readonly synced: boolean;
  /** Whether what is held is unusable until the next snapshot. */
  readonly blind: boolean;
  readonly epoch: string | undefined;
  readonly offset: number;
  /** The rate the server was last told. */
  readonly maxRate: number | undefined;
}

/** What to put into a `subscribe`. */
export interface Ask<R extends Reader> {
  readonly since?: Position | undefined;
  readonly rewind?: number | undefined;
  readonly maxRate?: number | undefined;
  /** The handle whose `rewind` or `since` this is. */
  readonly newcomer?: R | undefined;
}

/** Whether a handle needs events from before it joined, which only the server has. */
export function wantsPast({ rewind, since }: Reader): boolean {
  return rewind !== undefined || since !== undefined;
}

/** The next `subscribe` for a channel; `undefined` when the server knows all it needs to know. */
export function nextAsk<R extends Reader>(wanted: Wanted<R>): Ask<R> | undefined {
  const readers = [...wanted.readers];
  const maxRate = fastest(readers);
  if (wanted.blind) return { maxRate }; // without a position, so that a snapshot comes
  const cursors = readers.flatMap(({ cursor }) => (cursor === undefined ? [] : [cursor]));
  if (!wanted.synced && cursors.length > 0) {
    return { since: positionOf(wanted, Math.min(...cursors)), maxRate };
  }
  const newcomer = readers.find((reader) => reader.cursor === undefined && wantsPast(reader));
  if (newcomer) return { since: newcomer.since, rewind: newcomer.rewind, maxRate, newcomer };
  if (!wanted.synced) return { maxRate };
  if (maxRate === wanted.maxRate) return undefined;
  return { since: positionOf(wanted, wanted.offset), maxRate };
}

/** A signal keeps no positions. */
export function positionOf(
  { epoch, mode }: Pick<Wanted<Reader>, "epoch" | "mode">,
  offset: number,
): Position | undefined {
  return epoch === undefined || mode === "signal" ? undefined : { epoch, offset };
}

/** One wire subscription serves all handles of a channel, so the least limited of them decides. */
function fastest(readers: readonly Reader[]): number | undefined {
  const rates = readers.map(({ maxRate = Number.POSITIVE_INFINITY }) => maxRate);
  const rate = Math.max(...rates);
  return Number.isFinite(rate) ? rate : undefined;
}
