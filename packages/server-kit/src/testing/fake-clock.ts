import type { Clock } from "../clock.js";

/** A {@link Clock} that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /**
   * Lets `ms` pass. Timers that come due run in the order of their times, those of one time in the order they
   * were set; each sees its own time on the clock, and may set more.
   */
  advance(ms: number): void;
  /** Timers that are set and have not run. */
  readonly pending: number;
}

/** Makes a clock that shows `start`, milliseconds since 1970. Default: 1,000,000. */
export function fakeClock(start = 1_000_000): FakeClock {
  let time = start;
  const timers = new Set<{ readonly due: number; readonly task: () => void }>();

  function nextDue(until: number) {
    let next: { readonly due: number; readonly task: () => void } | undefined;
    for (const timer of timers) {
      if (timer.due <= until && (next === undefined || timer.due < next.due)) next = timer;
    }
    return next;
  }

  return {
    now: () => time,
    after(ms, task) {
      const timer = { due: time + Math.max(0, ms), task };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    get pending() {
      return timers.size;
    },
    advance(ms) {
      const until = time + ms;
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer);
        time = timer.due;
        timer.task();
      }
      time = until;
    },
  };
}
