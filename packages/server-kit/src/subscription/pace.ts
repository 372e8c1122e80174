import type { EncodedEvent } from "../connection/encoded-event.js";

/** An event that waits for its reader's next turn, and how many of the same value it took the place of. */
export interface Paced {
  readonly event: EncodedEvent;
  readonly skipped: number;
}

/**
 * Holds a reader with a `maxRate` to it: the newest value, or the newest of each row, goes out at most once an
 * interval. Pure bookkeeping: time is an argument and the caller sends.
 */
export interface Pace {
  /** Whether somebody is going to call {@link take} when it gives something. */
  timed: boolean;
  /** Takes an event in the place of an older one of the same value. */
  put(event: EncodedEvent): void;
  /** What may go out now, oldest first; nothing before the interval since the last time has passed. */
  take(now: number): readonly Paced[];
  /** Forgets what waits: its reader gets a snapshot instead. */
  forget(): void;
  /** Milliseconds until {@link take} gives something; `undefined` when nothing waits. */
  waitMs(now: number): number | undefined;
}

/** A reader that has not been sent anything yet. `maxRate` is per second. */
export function createPace(maxRate: number): Pace {
  const intervalMs = 1_000 / maxRate;
  const waiting = new Map<string, Paced>();
  let nextAt = Number.NEGATIVE_INFINITY;
  return {
    timed: false,
    put(event) {
      const key = event.event.key ?? "";
      const older = waiting.get(key);
      waiting.delete(key); // to the end: rows go out in the order of their offsets
      waiting.set(key, { event, skipped: older ? older.skipped + 1 : 0 });
    },
    take(now) {
      if (now < nextAt || waiting.size === 0) return [];
      const due = [...waiting.values()];
      waiting.clear();
      nextAt = now + intervalMs;
      return due;
    },
    forget: () => waiting.clear(),
    waitMs: (now) => (waiting.size === 0 ? undefined : Math.max(0, nextAt - now)),
  };
}
