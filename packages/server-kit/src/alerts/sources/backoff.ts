/** How long to wait between attempts to reach a venue. */
export interface FeedBackoff {
  /** Longest wait before the first retry, milliseconds. */
  readonly baseMs: number;
  /** Longest wait of all, milliseconds. */
  readonly maxMs: number;
}

/** 500 ms doubling to 30 s. */
export const FEED_BACKOFF: FeedBackoff = { baseMs: 500, maxMs: 30_000 };

/** Exponential backoff with full jitter; `roll` is a random number in [0, 1). */
export function backoffMs(attempt: number, { baseMs, maxMs }: FeedBackoff, roll: number): number {
  return Math.floor(roll * Math.min(maxMs, baseMs * 2 ** attempt));
}
