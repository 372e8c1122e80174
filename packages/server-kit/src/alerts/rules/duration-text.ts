const UNITS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1_000, "second"],
] as const;

/** A duration as one reads it, in the largest unit that divides it: `90 minutes`, `1 day`. */
export function formatDuration(ms: number): string {
  for (const [size, unit] of UNITS) {
    if (ms < size || ms % size !== 0) continue;
    const count = ms / size;
    return `${count} ${unit}${count === 1 ? "" : "s"}`;
  }
  return `${ms} ms`;
}
