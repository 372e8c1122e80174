/** Where a server can be killed, in the order an alert passes them. */
export const POINTS = ["evaluate", "dedup", "persist", "commit", "publish", "ack"] as const;

/**
 * Where a server is killed. `evaluate`: the rule has fired, and nothing is stored. `dedup`: within the transaction,
 * what was told before has been read. `persist`: the notification is written and not committed. `commit`: it is
 * committed, and nobody has heard of it. `publish`: it is in the inbox, and not marked as delivered. `ack`: it is marked.
 */
export type Point = (typeof POINTS)[number];

/** A point at which a process ends itself, at the `after`-th time it comes there. */
export interface Failpoint {
  readonly point: Point;
  readonly after: number;
}

/** Counts how often a process comes to a point; it does not return from the last time. */
export type Pass = (point: Point) => void;

/** Kills this very process, as the kernel does it: no handler runs, nothing is flushed. */
export function createPass(failpoint: Failpoint | undefined): Pass {
  let left = failpoint?.after ?? 0;
  return (point) => {
    if (point !== failpoint?.point) return;
    left -= 1;
    if (left > 0) return;
    process.kill(process.pid, "SIGKILL");
    // The signal is on its way; nothing more may happen until it is here.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}
