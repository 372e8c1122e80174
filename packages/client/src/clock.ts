/** Time and timers, as an argument: a test replays hours in a moment and every race in its order. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once after `ms`; returns how to call it off. */
  after(ms: number, task: () => void): () => void;
}

/** Longer timers than this fire at once in every runtime, so they are cut to it (24.8 days). */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, task) {
    const timer = setTimeout(task, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
