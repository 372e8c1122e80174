import { CloseCode } from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import { type Connection, send } from "../connection/connection.js";
import type { Turn } from "../outbound/turn.js";

/** What draining needs. */
export interface DrainParts {
  readonly clock: Clock;
  readonly turn: Turn;
  random(): number;
  connections(): Iterable<Connection>;
  close(connection: Connection, code: number, reason: string): void;
}

/** Sockets are closed in so many batches, evenly over the time there is. */
const BATCHES = 20;

/** After the last batch, stragglers get so long to say goodbye. */
const GRACE_MS = 1_000;

/**
 * Sends everybody elsewhere without a stampede: each client is told a delay of its own before it comes back,
 * sockets close in batches over `withinMs`, and whoever has not gone by then is cut off.
 */
export async function drain(parts: DrainParts, withinMs: number): Promise<void> {
  const leaving = [...parts.connections()];
  if (leaving.length === 0) return;
  for (const connection of leaving) {
    send(connection, {
      type: "goaway",
      reason: "the server is restarting",
      reconnectAfterMs: Math.floor(parts.random() * withinMs),
    });
    parts.turn.touch(connection.outbox);
  }
  parts.turn.flush();
  const size = Math.ceil(leaving.length / BATCHES);
  for (let start = 0; start < leaving.length; start += size) {
    await sleep(parts.clock, withinMs / BATCHES);
    for (const connection of leaving.slice(start, start + size)) {
      parts.close(connection, CloseCode.ServiceRestart, "the server is restarting");
    }
  }
  for (let waited = 0; waited < GRACE_MS && !isEmpty(parts.connections()); waited += 50) {
    await sleep(parts.clock, 50);
  }
  for (const connection of parts.connections()) connection.socket.terminate();
}

function isEmpty(connections: Iterable<Connection>): boolean {
  return connections[Symbol.iterator]().next().done === true;
}

function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
