import type { Session } from "@tocsin/server-kit/alerts";

/** Whether there is trade at a market time. */
export type IsOpen = (at: number) => boolean;

/** The hours of recorded sessions, the moment of the close included: it has the last price. */
export function hoursOf(sessions: readonly Session[]): IsOpen {
  return (at) => {
    let low = 0;
    let high = sessions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sessions[middle]?.open ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1;
      else high = middle;
    }
    return at <= (sessions[low - 1]?.close ?? Number.NEGATIVE_INFINITY);
  };
}
