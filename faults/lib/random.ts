/** Seeded dice: the same seed gives the same numbers. Nothing here is fit for secrets. */
export interface Dice {
  /** A number in [0, 1). */
  roll(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** Dice of their own for one part, so that what one part rolls does not depend on another's timing. */
  fork(): Dice;
}

/** Dice from a seed (mulberry32). */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(roll() * (high - low + 1));
  return {
    roll,
    between,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    fork: () => dice(Math.floor(roll() * 2 ** 32)),
  };
}

/** `count` different whole numbers from `low` to `high` in ascending order: the moments of a schedule. */
export function moments({ between }: Dice, count: number, low: number, high: number): number[] {
  if (count > high - low + 1)
    throw new RangeError(`no ${count} moments between ${low} and ${high}`);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(between(low, high));
  return [...chosen].sort((a, b) => a - b);
}
