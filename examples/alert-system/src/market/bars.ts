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
  /** Puts bars of the past in front, the first part of the bar under way among them; the first time only. */
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
  const all = { "1m": kept("1m"), "5m": kept("5m"), "1h": kept("1h"), "1d": kept("1d") };
  let counted: { readonly volume: number; readonly day: number } | undefined;

  function tradedUpTo({ volume, at }: Tick): number {
    const day = Math.floor(at / CANDLE_INTERVALS["1d"]);
    const before = counted;
    counted = { volume, day };
    if (counts === "rolling") return Math.max(0, volume - (before?.volume ?? volume));
    const isSameSession = before?.day === day && volume >= before.volume;
    return isSameSession ? volume - before.volume : volume;
  }

  function add(interval: Interval, { price, at }: Tick, traded: number): void {
    const kept = all[interval];
    const { bars, lengthMs } = kept;
    const current = bars.at(-1);
    if (!current || at < kept.begins || at >= kept.begins + lengthMs) {
      kept.begins = Math.floor(at / lengthMs) * lengthMs;
      const time = String(kept.begins);
      bars.push({ time, open: price, high: price, low: price, close: price, volume: traded });
      kept.isOut = false;
      // Cut seldom, for cutting moves all that stays.
      if (bars.length > 2 * keep[interval]) bars.splice(0, bars.length - keep[interval]);
      return;
    }
    const bar = kept.isOut ? { ...current } : current;
    bar.high = Math.max(bar.high, price);
    bar.low = Math.min(bar.low, price);
    bar.close = price;
    bar.volume += traded;
    bars[bars.length - 1] = bar;
    kept.isOut = false;
  }

  return {
    take(tick) {
      const traded = tradedUpTo(tick);
      for (const interval of INTERVALS) add(interval, tick, traded);
    },
    seed(interval, past) {
      const own = all[interval];
      if (own.isSeeded) return;
      own.isSeeded = true;
      own.isOut = true;
      const [first] = own.bars;
      const older = past.filter(({ time }) => !first || Number(time) < Number(first.time));
      const begun = past.find(({ time }) => time === first?.time);
      if (first && begun) own.bars[0] = together(begun, first);
      own.bars.unshift(...older.slice(-keep[interval]));
      if (!first) own.begins = Number(own.bars.at(-1)?.time ?? 0);
    },
    last(interval, limit) {
      all[interval].isOut = true;
      return all[interval].bars.slice(-Math.min(limit, keep[interval]));
    },
    back(interval, back) {
      all[interval].isOut = true;
      return all[interval].bars.at(-1 - back);
    },
  };
}

interface Kept {
  readonly bars: Bar[];
  readonly lengthMs: number;
  /** When the bar under way begins. */
  begins: number;
  /** Whether somebody may have the bar under way, so that it must not be changed any more. */
  isOut: boolean;
  /** Whether it has its past. */
  isSeeded: boolean;
}

/** A bar whose first part somebody else saw. */
function together(begun: Bar, rest: Bar): Bar {
  return {
    ...rest,
    open: begun.open,
    high: Math.max(begun.high, rest.high),
    low: Math.min(begun.low, rest.low),
    volume: begun.volume + rest.volume,
  };
}

function kept(interval: Interval): Kept {
  return {
    bars: [],
    lengthMs: CANDLE_INTERVALS[interval],
    begins: 0,
    isOut: false,
    isSeeded: false,
  };
}
