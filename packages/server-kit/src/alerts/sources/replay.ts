import type { Candle, Tick } from "@tocsin/protocol/alerts";
import { type Clock, systemClock } from "../../clock.js";
import { SourceError } from "../errors.js";
import type { CandleQuery } from "./candles.js";
import { createFreshness } from "./freshness.js";
import { lastTicks, pastCandles } from "./played-past.js";
import { mergeSeries, type TickSeries } from "./series.js";
import { type Session, tradingTime } from "./session.js";
import type { MarketDataSource, Playback, SourceHealth } from "./source.js";

/** Settings of {@link replaySource}. */
export interface ReplayOptions {
  /** What to play, on one market clock. */
  readonly series: readonly TickSeries[];
  /** When there is trade; the hours between are skipped. In ascending order, not overlapping. */
  readonly sessions: readonly Session[];
  /** Market time to begin after, milliseconds since 1970. Default: before the first session. */
  readonly from?: number;
  /** Market milliseconds in one real millisecond. Default 1. */
  readonly speed?: number;
  /** Longest silence of a symbol in trading time, market milliseconds. Default: recorded data is never stale. */
  readonly staleAfterMs?: number | ((symbol: string) => number);
  readonly clock?: Clock;
}

/** Time between two looks at the clock, real milliseconds: fine enough for the eye, coarse enough for a core. */
const SHORTEST_STEP_MS = 10;
/** A longer silence of the clock is a suspended machine or a blocked process, not time the market went on. */
const LONGEST_STEP_MS = 1_000;

/** A {@link MarketDataSource} that can be steered. It hands out all it has, and tells nothing of its future. */
export interface PlayedSource extends MarketDataSource {
  readonly playback: Playback;
  health(): Required<SourceHealth>;
  quotes(symbols: readonly string[]): readonly Tick[];
  candles(symbol: string, query: CandleQuery): Promise<readonly Candle[]>;
}

/**
 * Plays series of ticks in market time. The clock is an argument; with the same series the ticks are the same
 * whatever the speed, and wherever playing was stopped and taken up again.
 *
 * @throws {@link SourceError} when a setting makes no sense.
 */
export function replaySource({
  series,
  sessions,
  from = Number.MIN_SAFE_INTEGER,
  speed: firstSpeed = 1,
  staleAfterMs = Number.POSITIVE_INFINITY,
  clock = systemClock,
}: ReplayOptions): PlayedSource {
  const listeners = new Set<(tick: Tick) => void>();
  const ticks = mergeSeries(series);
  const passedAt = tradingTime(sessions);
  // Counts in trading time that has passed, so it needs no sessions of its own.
  const silence = () => createFreshness({ staleAfterMs }, Number.POSITIVE_INFINITY);
  let freshness = silence();
  const last = new Map<string, Tick>();
  const lookedUp = new Set<string>();
  let speed = checkedSpeed(firstSpeed);
  let position = from;
  let iterator = ticks.after(from)[Symbol.iterator]();
  let next = iterator.next();
  let passed = passedAt(from);
  let running = false;
  let handingOut = false;
  let lookedAt = 0;
  let lastTickAt: number | null = null;
  let cancel: () => void = () => {};

  /** Brings market time up to now and hands out what became due. Ticks of one time go out together. */
  function advance(): void {
    // A listener that stops or steers must not have later ticks handed out before the others got this one.
    if (handingOut) return;
    const now = clock.now();
    passed = passedNow();
    lookedAt = now;
    handingOut = true;
    try {
      while (running && !next.done && passedAt(next.value.at) <= passed) handOut(next.value, now);
    } finally {
      handingOut = false;
    }
    if (next.done) running = false;
  }

  function handOut(tick: Tick, now: number): void {
    next = iterator.next();
    position = tick.at;
    lastTickAt = now;
    last.set(tick.symbol, tick);
    freshness.seen(tick.symbol, passedAt(tick.at), passed);
    for (const listener of listeners) listener(tick);
  }

  const passedNow = () =>
    passed + Math.min(Math.max(clock.now() - lookedAt, 0), LONGEST_STEP_MS) * speed;

  function schedule(): void {
    cancel();
    if (!running || next.done) return;
    const dueIn = (passedAt(next.value.at) - passed) / speed;
    const wait = Math.min(Math.max(dueIn, SHORTEST_STEP_MS), LONGEST_STEP_MS);
    cancel = clock.after(wait, () => {
      advance();
      schedule();
    });
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      if (running || next.done) return;
      running = true;
      lookedAt = clock.now();
      schedule();
    },
    stop() {
      if (running) advance();
      running = false;
      cancel();
    },
    // As of what was handed out: a process that is late by a moment has made nobody silent for market hours.
    health: () => ({ running, lastTickAt, stale: running ? freshness.stale(passed) : [] }),
    quotes(symbols) {
      const unknown = symbols.filter((symbol) => !last.has(symbol) && !lookedUp.has(symbol));
      // What has not been played since the beginning or the last jump, the data before it knows.
      if (unknown.length > 0) {
        for (const symbol of unknown) lookedUp.add(symbol);
        for (const [symbol, tick] of lastTicks(ticks, position, unknown)) {
          if (!last.has(symbol)) last.set(symbol, tick);
        }
      }
      return symbols.flatMap((symbol) => last.get(symbol) ?? []);
    },
    candles: async (symbol, query) => pastCandles(ticks, position, symbol, query),
    playback: {
      get speed() {
        return speed;
      },
      setSpeed(wanted) {
        const checked = checkedSpeed(wanted);
        if (running) advance(); // what has passed, passed at the old speed
        speed = checked;
        schedule();
      },
      get position() {
        return position;
      },
      seek(wanted) {
        position = wanted;
        passed = passedAt(wanted);
        last.clear();
        lookedUp.clear();
        freshness = silence();
        iterator = ticks.after(wanted)[Symbol.iterator]();
        next = iterator.next();
        lookedAt = clock.now();
        schedule();
      },
      get ended() {
        return next.done === true;
      },
    },
  };
}

function checkedSpeed(speed: number): number {
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new SourceError("speed", `must be a number above 0, not ${speed}`);
}
