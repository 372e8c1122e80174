import type { Bar, Interval } from "@tocsin-example/alert-contract";

/** A bar with its time as the chart library wants it: seconds since 1970. */
export interface ChartBar extends Omit<Bar, "time"> {
  readonly time: number;
}

/** How long a bar is, milliseconds. */
export const INTERVAL_MS: Readonly<Record<Interval, number>> = {
  "1m": 60_000,
  "5m": 300_000,
  "1h": 3_600_000,
  "1d": 86_400_000,
};

const toChart = ({ time, ...rest }: Bar): ChartBar => ({ ...rest, time: Number(time) / 1_000 });

/**
 * The bars of a chart: those of before, as the server listed them, and the newest, which change as one looks. Where
 * both know a bar, and in all after it, the live ones count: after a jump back in time the old ones are no longer true.
 */
export function joinBars(listed: readonly Bar[], live: Iterable<Bar>): ChartBar[] {
  const newest = [...live].map(toChart).sort((a, b) => a.time - b.time);
  const from = newest[0]?.time ?? Number.POSITIVE_INFINITY;
  const before = listed.map(toChart).filter(({ time }) => time < from);
  return [...before, ...newest];
}

/** Whether bars are missing between what was listed and what is live: the list has to be asked for again. */
export function hasHole(listed: readonly Bar[], live: Iterable<Bar>): boolean {
  const last = listed.at(-1);
  const times = [...live].map(({ time }) => Number(time));
  return last !== undefined && times.length > 0 && Math.min(...times) > Number(last.time);
}

/** What changed from one list of bars to the next: nothing but bars at its end, or everything. */
export function newBars(
  before: readonly ChartBar[],
  now: readonly ChartBar[],
): readonly ChartBar[] | undefined {
  const kept = before.length - 1;
  if (kept < 0 || now.length <= kept) return undefined;
  // The chart library can only change its last bar; of those before it, the nearest tell about the others.
  for (const index of [0, kept - 2, kept - 1]) {
    if (index >= 0 && index < kept && !sameBar(before[index], now[index])) return undefined;
  }
  if (before[kept]?.time !== now[kept]?.time) return undefined;
  return sameBar(before[kept], now[kept]) ? now.slice(kept + 1) : now.slice(kept);
}

function sameBar(a: ChartBar | undefined, b: ChartBar | undefined): boolean {
  return (
    a?.time === b?.time &&
    a?.close === b?.close &&
    a?.high === b?.high &&
    a?.low === b?.low &&
    a?.volume === b?.volume
  );
}

/** Whether the bars are but closing prices: candles of them would be dashes, a line tells more. */
export function onlyCloses(bars: readonly ChartBar[]): boolean {
  return bars.every(({ high, low }) => high === low);
}

/** When the bar begins that a moment belongs to, seconds; `undefined` before the first. Bars are ascending. */
export function barTimeAt(bars: readonly ChartBar[], ms: number): number | undefined {
  let low = 0;
  let high = bars.length - 1;
  let found: number | undefined;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const time = bars[middle]?.time ?? Number.POSITIVE_INFINITY;
    if (time * 1_000 <= ms) {
      found = time;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}
