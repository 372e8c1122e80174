import type { Tick } from "@tocsin/protocol/alerts";
import { listSeries, type TickSeries } from "./series.js";
import { NEW_YORK_HOURS, type SessionHours, sessionOn } from "./session.js";

/** One day of trade. */
export interface Bar {
  /** Midnight UTC of the day, milliseconds since 1970. */
  readonly day: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * Four ticks of a daily bar: open at the opening, the two extremes at one and two thirds of the session, close
 * at the closing. When in the day the extremes happened is not in the data; the convention is that a day which
 * closed up saw its low first, a day which closed down its high. The volume is known only at the close.
 */
export function barTicks(symbol: string, bar: Bar, hours: SessionHours = NEW_YORK_HOURS): Tick[] {
  const { open, close } = sessionOn(bar.day, hours);
  const third = (close - open) / 3;
  const extremes = bar.close >= bar.open ? [bar.low, bar.high] : [bar.high, bar.low];
  return [bar.open, ...extremes, bar.close].map((price, index) => ({
    symbol,
    price,
    volume: index === 3 ? bar.volume : 0,
    at: Math.round(open + third * index),
  }));
}

/** Daily bars, in ascending order, as a series of ticks; see {@link barTicks} for the convention. */
export function barSeries(
  symbol: string,
  bars: readonly Bar[],
  hours: SessionHours = NEW_YORK_HOURS,
): TickSeries {
  return listSeries(bars.flatMap((bar) => barTicks(symbol, bar, hours)));
}
