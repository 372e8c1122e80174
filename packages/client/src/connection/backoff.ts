/** How long to wait between attempts. */
export interface BackoffPolicy {
  /** Longest wait before the first retry, in milliseconds. */
  readonly baseMs: number;
  /** Longest wait of all, in milliseconds. */
  readonly maxMs: number;
}

/** 500 ms doubling to 20 s. */
export const DEFAULT_BACKOFF: BackoffPolicy = { baseMs: 500, maxMs: 20_000 };

/**
 * Exponential backoff with full jitter; `roll` is a random number in [0, 1). `withinMs` is over how long the server
 * wants its clients spread. It counts from the second wait on: whoever was cut off alone is back at its first try.
 * The second wait gives each client a place in that time, and the next ones keep it, so that clients come evenly
 * however long the server is away; growing waits, and jitter upon jitter, would crowd the beginning again.
 */
export function backoffMs(
  attempt: number,
  { baseMs, maxMs }: BackoffPolicy,
  roll: number,
  withinMs = 0,
): number {
  const spread = attempt > 0 && withinMs > baseMs;
  const widest = Math.min(maxMs, spread ? withinMs : baseMs * 2 ** attempt);
  return Math.floor(widest * (spread && attempt > 1 ? 1 - roll / 5 : roll));
}
