import type { Candle, Tick } from "@tocsin/protocol/alerts";

/** The intervals every ready-made source has, and their lengths in milliseconds. */
export const CANDLE_INTERVALS = {
  "1m": 60_000,
  "3m": 180_000,
  "5m": 300_000,
  "15m": 900_000,
  "30m": 1_800_000,
  "1h": 3_600_000,
  "2h": 7_200_000,
  "6h": 21_600_000,
  "12h": 43_200_000,
  "1d": 86_400_000,
} as const;

/** Length of a candle. */
export type CandleInterval = keyof typeof CANDLE_INTERVALS;

/** Which candles. With `from` it is the first ones after it, without it the last ones there are. */
export interface CandleQuery {
  readonly interval: CandleInterval;
  /** Intervals that begin at or after this, milliseconds since 1970. */
  readonly from?: number;
  /** Intervals that begin at or before this, milliseconds since 1970. Default: now, which may be unfinished. */
  readonly to?: number;
  /** At most 1,000. Default 500. */
  readonly limit?: number;
}

/** The limit of a query, made one that every venue takes. */
export function limitOf({ limit = 500 }: CandleQuery): number {
  return Math.min(Math.max(Math.floor(limit), 1), 1_000);
}

/**
 * Candles of one symbol's ticks, in ascending order; intervals without a tick have none. Volume counts up within
 * a session, so a candle's own is what it grew by; where it falls a new session has begun.
 */
export function candlesOf(ticks: Iterable<Tick>, interval: CandleInterval): Candle[] {
  const length = CANDLE_INTERVALS[interval];
  const candles: Candle[] = [];
  let current: Candle | undefined;
  let counted = 0;
  for (const { price, volume, at } of ticks) {
    const traded = volume >= counted ? volume - counted : volume;
    counted = volume;
    const begins = Math.floor(at / length) * length;
    if (current?.at !== begins) {
      current = { at: begins, open: price, high: price, low: price, close: price, volume: traded };
      candles.push(current);
      continue;
    }
    current.high = Math.max(current.high, price);
    current.low = Math.min(current.low, price);
    current.close = price;
    current.volume += traded;
  }
  return candles;
}
