import type { Clock } from "../clock.js";
import type { Connection } from "../connection/connection.js";
import { examine, type HeartbeatSettings } from "../connection/heartbeat.js";

/** What the rounds need. */
export interface RoundsParts {
  readonly clock: Clock;
  readonly heartbeat: HeartbeatSettings;
  connections(): Iterable<Connection>;
  close(connection: Connection, code: number, reason: string): void;
}

const ROUND_MS = 1_000;

/**
 * Looks at every connection once a second: one timer for all deadlines instead of several for each
 * connection. Returns how to stop.
 */
export function startRounds({ clock, heartbeat, connections, close }: RoundsParts): () => void {
  let cancel = () => {};
  const round = () => {
    const now = clock.now();
    for (const connection of connections()) {
      const found = examine(connection, now, heartbeat);
      if (found.is === "well") continue;
      if (found.is === "over") close(connection, found.code, found.reason);
      else {
        connection.pinged = true;
        connection.socket.ping();
      }
    }
    cancel = clock.after(ROUND_MS, round);
  };
  cancel = clock.after(ROUND_MS, round);
  return () => cancel();
}
