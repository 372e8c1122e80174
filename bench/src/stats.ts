/** The middle of an odd or even number of values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The smallest value that so large a share of all is at or below; `undefined` when there are none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Ratios of the rounds of a run: the middle one, and how far they lie apart. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

/** One value of one round. */
export interface RoundValue {
  readonly round: number;
  readonly value: number;
}

/**
 * Theirs over ours, round by round: both were measured within seconds of each other, so a slow phase of the
 * machine is in both. Rounds that one of the two lacks are left out.
 */
export function pairedRatio(
  ours: readonly RoundValue[],
  theirs: readonly RoundValue[],
): Ratio | undefined {
  const ratios = ours.flatMap(({ round, value }) => {
    const other = theirs.find((one) => one.round === round);
    return other && value > 0 ? [other.value / value] : [];
  });
  if (ratios.length === 0) return undefined;
  return {
    median: median(ratios),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    rounds: ratios.length,
  };
}
