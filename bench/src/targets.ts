/** How many times fewer microseconds a delivery must cost than with another server, by workload and server. */
const MUST: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  W1: { "socket.io": 1.5, "ws naive": 1.3, bun: 0.75 },
  W2: { "socket.io": 2, "ws naive": 1.4, bun: 0.75, c: 0.65 },
  W2b: { "socket.io": 5, "ws naive": 4, "ws cork": 2, bun: 0.75, c: 0.7 },
  "W3-50": { "socket.io": 30, "ws naive": 40, "ws cork": 4, bun: 1.2, c: 0.6 },
};

/** And in the worst of the W3 that were run. */
const MUST_AT_WORST: Readonly<Record<string, number>> = { "socket.io": 8, bun: 0.75 };

/** Memory of an idle connection: of that of Socket.IO, and in bytes. */
export const MEMORY = { ofSocketIo: 0.55, bytes: 8_192 } as const;
/** CPU of a client that recovers 100 events, in reconnects of one that missed nothing. */
export const RECOVERY = 3;
/** Reads of the history for all clients that come back to one position. */
export const READS_PER_POSITION = 1;
/** What ten times the monitors, connections or channels may cost. */
export const TENFOLD = 1.3;
/** p99 of an alert in a flood, in p99 on an idle hub. */
export const ALERT_LATENCY = 2;

/** What must be reached against a server; `undefined` where nothing is asked for. */
export function mustReach(workload: string, subject: string): number | undefined {
  return MUST[workload]?.[subject];
}

/** The same for the worst W3. */
export function mustReachAtWorst(subject: string): number | undefined {
  return MUST_AT_WORST[subject];
}
