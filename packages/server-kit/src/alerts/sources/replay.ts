import type { Tick } from "@tocsin/protocol/alerts";
import { type Clock, systemClock } from "../../clock.js";
import { SourceError } from "../errors.js";
import { mergeSeries, type TickSeries } from "./series.js";
import { type Session, tradingTime } from "./session.js";
import type { MarketDataSource, Playback } from "./source.js";

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
  readonly clock?: Clock;
}

/** Time between two looks at the clock, real milliseconds: fine enough for the eye, coarse enough for a core. */
const SHORTEST_STEP_MS = 10;
/** A longer silence of the clock is a suspended machine or a blocked process, not time the market went on. */
const LONGEST_STEP_MS = 1_000;

/** A {@link MarketDataSource} that can be steered. */
export type PlayedSource = MarketDataSource & { readonly playback: Playback };

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
  clock = systemClock,
}: ReplayOptions): PlayedSource {
  const listeners = new Set<(tick: Tick) => void>();
  const ticks = mergeSeries(series);
  const passedAt = tradingTime(sessions);
  let speed = checkedSpeed(firstSpeed);
  let position = from;
  let iterator = ticks.after(from)[Symbol.iterator]();
  let next = iterator.next();
  let passed = passedAt(from);
  let running = false;
  let lookedAt = 0;
  let lastTickAt: number | null = null;
  let cancel: () => void = () => {};

  /** Brings market time up to now and hands out what became due. Ticks of one time go out together. */
  function advance(): void {
    const now = clock.now();
    const elapsed = Math.min(Math.max(now - lookedAt, 0), LONGEST_STEP_MS);
    lookedAt = now;
    passed += elapsed * speed;
    while (!next.done && passedAt(next.value.at) <= passed) {
      const tick = next.value;
      next = iterator.next();
      position = tick.at;
      lastTickAt = now;
      for (const listener of listeners) listener(tick);
    }
    if (next.done) running = false;
  }

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
    health: () => ({ running, lastTickAt }),
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
