import type { Clock } from "../../clock.js";
import type { Placed, Track } from "./track.js";

/** What a round needs. */
export interface RoundParts {
  readonly clock: Clock;
  /** Longest time in milliseconds between two checks of a quiet channel; `undefined` for no checks at all. */
  readonly everyMs: number | undefined;
  channels(): ReadonlyMap<string, Track>;
  check(track: Placed): void;
}

/** Goes round all channels, a few at a time, and has those checked of which nothing was heard for a while. */
export interface Round {
  /** There is a channel. Harmless when the round is under way. */
  begin(): void;
  stop(): void;
}

/** In so many steps it goes round once, and twice within the longest time between two checks. */
const STEPS = 16;
/** Leaves room for the check itself within that time. */
const ROUNDS = 2.2;

/**
 * One timer for all channels, and none when there are none. A visit skips a channel that was heard of since about the
 * visit before, so a busy channel costs nothing.
 */
export function createRound({ clock, everyMs, channels, check }: RoundParts): Round {
  const roundMs = (everyMs ?? 0) / ROUNDS;
  let visits: Iterator<Track> | undefined;
  let cancel: (() => void) | undefined;

  function step(): void {
    const tracks = channels();
    cancel = undefined;
    if (tracks.size === 0) return;
    const confirmedBefore = clock.now() - roundMs;
    for (let left = Math.ceil(tracks.size / STEPS); left > 0; left -= 1) {
      visits ??= tracks.values();
      const visit = visits.next();
      if (visit.done) visits = undefined;
      else if (visit.value.is === "placed" && visit.value.confirmedAt < confirmedBefore) {
        check(visit.value);
      }
    }
    begin();
  }

  function begin(): void {
    if (everyMs === undefined || cancel) return;
    cancel = clock.after(roundMs / (STEPS + 1), step);
  }

  return {
    begin,
    stop() {
      cancel?.();
      cancel = () => {};
    },
  };
}
