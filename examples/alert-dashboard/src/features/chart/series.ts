import type { Candle } from "@tocsin-example/alert-contract";

/** One point of a line: market time in seconds, and the price. */
export interface Point {
  readonly time: number;
  readonly value: number;
}

/** Most points kept of a line; a chart shows a few hundred. */
export const MAX_POINTS = 2_000;

/**
 * Adds a price to a line, in place. Within one second the newest price wins. Time that goes back means that the
 * replay was started over: the line starts over too, and the answer is `true`.
 */
export function addPoint(points: Point[], point: Point): boolean {
  const last = points.at(-1);
  const restarted = last !== undefined && last.time > point.time;
  if (restarted) points.length = 0;
  else if (last?.time === point.time) points.pop();
  else if (points.length === MAX_POINTS) points.shift();
  points.push(point);
  return restarted;
}

/** Adds the bar being built to those seen live; one of the same day is replaced. Keeps them ascending. */
export function appendBar(bars: readonly Candle[], bar: Candle): readonly Candle[] {
  const last = bars.at(-1);
  if (last && last.time > bar.time) return [bar];
  return last?.time === bar.time ? [...bars.slice(0, -1), bar] : [...bars, bar];
}

/**
 * The chart's bars: the finished ones of the server, then those seen live since. A bar the server calls
 * finished wins over what was seen live, because a slow page may have skipped its last prices.
 */
export function mergeBars(finished: readonly Candle[], live: readonly Candle[]): Candle[] {
  const last = finished.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  return [...finished, ...live.filter((bar) => bar.time > last)];
}

/**
 * Whether the bars are but closing prices, one a period: candles of them would be dashes, a line tells more.
 * A list without any bar is one too.
 */
export function onlyCloses(bars: readonly Candle[]): boolean {
  return bars.every(({ high, low }) => high === low);
}

/** Closing prices, then the live ones after them. */
export function joinLine(bars: readonly Candle[], live: readonly Point[]): Point[] {
  const first = live[0]?.time ?? Number.POSITIVE_INFINITY;
  return [
    ...bars.filter((bar) => bar.time < first).map(({ time, close }) => ({ time, value: close })),
    ...live,
  ];
}

/**
 * Adds the server's newest bars to those known of it; `undefined` when there is a hole between the two, or the
 * market was started over, and the whole list has to be asked for again.
 */
export function extendBars(
  known: readonly Candle[],
  newest: readonly Candle[],
): Candle[] | undefined {
  const from = newest[0]?.time;
  const last = known.at(-1)?.time;
  if (from === undefined || last === undefined || from > last) return undefined;
  if ((newest.at(-1)?.time ?? 0) < last) return undefined;
  return [...known.filter((bar) => bar.time < from), ...newest];
}
