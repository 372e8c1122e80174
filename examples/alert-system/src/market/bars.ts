import type { Tick } from "@tocsin/protocol/alerts";
import { CANDLE_INTERVALS } from "@tocsin/server-kit/alerts";
import { type Bar, INTERVALS, type Interval } from "@tocsin-example/alert-contract";

/** How many bars of each interval are kept of one symbol. */
export type Keep = Readonly<Record<Interval, number>>;

/** A trading day of minutes, a week of five minutes, some months of hours, all the days there are. */
export const KEEP: Keep = { "1m": 500, "5m": 500, "1h": 1_000, "1d": 5_200 };

/** The bars of one symbol. */
export interface Bars {
  take(tick: Tick): void;
  /** Puts bars of the past in front; harmless for those that are there. */
  seed(interval: Interval, past: readonly Bar[]): void;
  /** The last `limit`, ascending, the one under way included. */
  last(interval: Interval, limit: number): readonly Bar[];
  /** The one `back` bars before the one under way. */
  back(interval: Interval, back: number): Bar | undefined;
}

/** What the volume of a tick counts: since its session opened, or the last 24 hours, which also get less. */
export type Counted = "session" | "rolling";

/**
 * Builds bars of all intervals from ticks. The volume of a bar is what that of the ticks grew by meanwhile. Bars are
 * never changed once handed out: whoever has one sees whether it is still the same.
 */
export function createBars(keep: Keep = KEEP, counts: Counted = "session"): Bars {
  const all: Record<Interval, Bar[]> = { "1m": [], "5m": [], "1h": [], "1d": [] };
  let counted: number | undefined;

  function tradedUpTo(volume: number): number {
    const before = counted ?? (counts === "rolling" ? volume : 0);
    counted = volume;
    if (volume >= before) return volume - before;
    return counts === "rolling" ? 0 : volume; // a new session has begun
  }

  function add(interval: Interval, { price, at }: Tick, traded: number): void {
    const bars = all[interval];
    const length = CANDLE_INTERVALS[interval];
    const time = String(Math.floor(at / length) * length);
    const current = bars.at(-1);
    if (current?.time !== time) {
      bars.push({ time, open: price, high: price, low: price, close: price, volume: traded });
      // Cut seldom, for cutting moves all that stays.
      if (bars.length > 2 * keep[interval]) bars.splice(0, bars.length - keep[interval]);
      return;
    }
    bars[bars.length - 1] = {
      ...current,
      high: Math.max(current.high, price),
      low: Math.min(current.low, price),
      close: price,
      volume: current.volume + traded,
    };
  }

  return {
    take(tick) {
      const traded = tradedUpTo(tick.volume);
      for (const interval of INTERVALS) add(interval, tick, traded);
    },
    seed(interval, past) {
      const first = all[interval][0];
      const older = past.filter(({ time }) => !first || Number(time) < Number(first.time));
      all[interval].unshift(...older.slice(-keep[interval]));
    },
    last: (interval, limit) => all[interval].slice(-Math.min(limit, keep[interval])),
    back: (interval, back) => all[interval].at(-1 - back),
  };
}
