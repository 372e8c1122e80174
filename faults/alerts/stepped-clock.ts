import type { Clock } from "@tocsin/server-kit";

/** A clock that stands still until it is told how much time has passed. */
export interface SteppedClock extends Clock {
  pass(ms: number): void;
}

/** For a market that waits for its alerts: how far it comes between two kills must not depend on the machine. */
export function steppedClock(): SteppedClock {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  let time = 0;
  return {
    now: () => time,
    after(ms, run) {
      const timer = { at: time + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pass(ms) {
      time += ms;
      for (const timer of [...timers]) {
        if (timer.at > time || !timers.delete(timer)) continue;
        timer.run();
      }
    },
  };
}
