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
 */
export function backoffMs(
  attempt: number,
  { baseMs, maxMs }: BackoffPolicy,
  roll: number,
  withinMs = 0,
): number {
  const widest = Math.max(baseMs * 2 ** attempt, attempt > 0 ? withinMs : 0);
  return Math.floor(roll * Math.min(maxMs, widest));
}
