/** How densely something happened. */
export interface Rates {
  /** In the fullest second. */
  readonly peak: number;
  /** Per second, from the first to the last. */
  readonly mean: number;
  /** From the first to the last, at least one. */
  readonly seconds: number;
}

/** Counts moments, given in milliseconds and in any order. */
export function rates(times: readonly number[]): Rates {
  const sorted = [...times].sort((a, b) => a - b);
  const [first = 0] = sorted;
  const seconds = Math.max(1, ((sorted.at(-1) ?? 0) - first) / 1_000);
  let peak = 0;
  let start = 0;
  for (const [end, time] of sorted.entries()) {
    while (time - (sorted[start] ?? time) >= 1_000) start += 1;
    peak = Math.max(peak, end - start + 1);
  }
  return { peak, mean: sorted.length / seconds, seconds };
}
