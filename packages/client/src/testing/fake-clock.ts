import type { Clock } from "../clock.js";

/** A clock that moves only when told to. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`, running what falls due in order; promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Moves on by `ms` at once, without letting promises settle. */
  run(ms: number): void;
  /** How many timers are set. */
  readonly pending: number;
}

/** Makes a {@link FakeClock} that starts at `start`, milliseconds since 1970. */
export function createFakeClock(start = 0): FakeClock {
  const timers = new Set<{ readonly at: number; readonly task: () => void }>();
  let now = start;

  /** Moves to the next timer due by `until` and runs it; `false` when there is none. */
  function runNext(until: number): boolean {
    let next: { readonly at: number; readonly task: () => void } | undefined;
    for (const timer of timers) {
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer;
    }
    if (next === undefined) return false;
    timers.delete(next);
    now = Math.max(now, next.at);
    next.task();
    return true;
  }

  return {
    now: () => now,
    after(ms, task) {
      const timer = { at: now + ms, task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await settled();
      while (runNext(until)) await settled();
      now = until;
      await settled();
    },
    run(ms) {
      const until = now + ms;
      while (runNext(until));
      now = until;
    },
    get pending() {
      return timers.size;
    },
  };
}

/** Lets promises that are ready, and those that wait for them, settle. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
