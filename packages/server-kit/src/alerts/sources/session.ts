/** A stretch of market time in which there is trade, milliseconds since 1970. */
export interface Session {
  readonly open: number;
  readonly close: number;
}

/** When a session opens and closes, milliseconds after midnight UTC. */
export interface SessionHours {
  readonly open: number;
  readonly close: number;
}

/** New York's regular session in winter, 14:30 to 21:00 UTC. Summer time is left out on purpose. */
export const NEW_YORK_HOURS: SessionHours = { open: 52_200_000, close: 75_600_000 };

/** The session of a day, given by its midnight UTC. */
export function sessionOn(day: number, { open, close }: SessionHours): Session {
  return { open: day + open, close: day + close };
}

/**
 * How much of all sessions has passed at a market time, milliseconds. Playing data by this measure skips closed
 * hours: nights and weekends take no time. `sessions` are in ascending order and do not overlap.
 */
export function tradingTime(sessions: readonly Session[]): (at: number) => number {
  const passedBefore: number[] = [];
  let total = 0;
  for (const { open, close } of sessions) {
    passedBefore.push(total);
    total += close - open;
  }
  return (at) => {
    let low = 0;
    let high = sessions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sessions[middle]?.open ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1;
      else high = middle;
    }
    const session = sessions[low - 1];
    if (!session) return 0;
    return (passedBefore[low - 1] ?? 0) + Math.min(at, session.close) - session.open;
  };
}
