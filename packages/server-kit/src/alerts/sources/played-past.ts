import type { Candle, Tick } from "@tocsin/protocol/alerts";
import { CANDLE_INTERVALS, type CandleQuery, candlesOf, limitOf } from "./candles.js";
import { type TickSeries, ticksBetween } from "./series.js";

const DAY_MS = 86_400_000;
/** How far back a price may lie to be found. */
const QUOTE_DAYS = 64;
/** A minute of a session of six hours is found behind a long weekend; reading twenty years would block us. */
const MOST_SPANS = 8;

/** The last tick of each symbol at or before `position`; one that lies two months back is not found. */
export function lastTicks(
  series: TickSeries,
  position: number,
  symbols: readonly string[],
): Map<string, Tick> {
  const found = new Map<string, Tick>();
  for (let days = 1; days <= QUOTE_DAYS; days *= 2) {
    const after = position - days * DAY_MS;
    for (const tick of ticksBetween(series, after, position)) found.set(tick.symbol, tick);
    if (symbols.every((symbol) => found.has(symbol))) break;
  }
  return found;
}

/** Candles of what was played: nothing after `position` is told. */
export function pastCandles(
  series: TickSeries,
  position: number,
  symbol: string,
  query: CandleQuery,
): Candle[] {
  const length = CANDLE_INTERVALS[query.interval];
  const limit = limitOf(query);
  const to = query.to ?? position;
  const until = Math.min(Math.floor(to / length) * length + length - 1, position);

  function since(begin: number): Candle[] {
    const first = Math.floor(begin / length) * length;
    // A day more, for how much the session had traded before.
    const ticks = ticksBetween(series, first - DAY_MS, until);
    return candlesOf(only(symbol, ticks), query.interval).filter(({ at }) => at >= begin);
  }

  if (query.from !== undefined) return since(query.from).slice(0, limit);
  let candles: Candle[] = [];
  // Nights and weekends have none, so as many as are asked for may lie further back.
  for (let spans = 1; spans <= MOST_SPANS && candles.length < limit; spans *= 2) {
    candles = since(until - spans * limit * length);
  }
  return candles.slice(-limit);
}

function* only(symbol: string, ticks: Iterable<Tick>): Generator<Tick, void, undefined> {
  for (const tick of ticks) if (tick.symbol === symbol) yield tick;
}
