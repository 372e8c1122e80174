import type { Clock } from "../clock.js";

/** What a turnstile is set to. */
export interface TurnstileOptions {
  readonly clock: Clock;
  /** So many pass in a second, in the long run. */
  readonly perSecond: number;
  /** Whoever would wait longer is turned away. */
  readonly maxWaitMs: number;
}

/** Lets people through at a steady pace, in the order they came. */
export interface Turnstile {
  /**
   * Takes a turn. `undefined`: go through now. A number: it is full, come back after so many milliseconds.
   * Else a promise that resolves when it is this one's turn.
   */
  pass(): undefined | number | Promise<void>;
}

/** So much of a second's worth may pass at once, after a pause. */
const BURST_S = 0.1;

/**
 * Turns are times, given out one pace apart; none lies in the past. It holds a number, not a queue: those who wait
 * have a timer each, and there are at most `perSecond` times `maxWaitMs` of them.
 */
export function createTurnstile({ clock, perSecond, maxWaitMs }: TurnstileOptions): Turnstile {
  const paceMs = 1_000 / perSecond;
  const burstMs = 1_000 * BURST_S;
  let nextTurn = Number.NEGATIVE_INFINITY;
  return {
    pass() {
      const now = clock.now();
      const turn = Math.max(nextTurn, now - burstMs);
      const waitMs = turn - now;
      if (waitMs > maxWaitMs) return Math.ceil(waitMs);
      nextTurn = turn + paceMs;
      if (waitMs <= 0) return undefined;
      return new Promise((resolve) => void clock.after(waitMs, resolve));
    },
  };
}
