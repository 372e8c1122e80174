import { CloseCode, type Duration, durationMs } from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import { type Connection, send } from "../connection/connection.js";
import type { Turn } from "../outbound/turn.js";

/** How a hub goes down. */
export interface CloseOptions {
  /** Clients leave spread over this time. Default `"5s"`. */
  readonly drainWithin?: Duration;
  /**
   * Before anybody is sent away: health says that the hub is draining, and all else goes on. As long as a load
   * balancer needs to notice. Default 0.
   */
  readonly noticeFor?: Duration;
  /**
   * After the last has left: how long until somebody takes them in. 0, the default, where other nodes are there all
   * the time. For a single process it is how long its successor takes to listen; clients then stay away until it does.
   */
  readonly backAfter?: Duration;
}

/** {@link CloseOptions} in milliseconds. */
export interface DrainTimes {
  readonly withinMs: number;
  readonly noticeMs: number;
  readonly backMs: number;
}

/**
 * Fills in defaults.
 *
 * @throws ContractError when one is no duration.
 */
export function drainTimes({
  drainWithin = "5s",
  noticeFor = 0,
  backAfter = 0,
}: CloseOptions): DrainTimes {
  return {
    withinMs: durationMs(drainWithin),
    noticeMs: durationMs(noticeFor),
    backMs: durationMs(backAfter),
  };
}

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
 * sockets close in batches over `withinMs`, and whoever has not gone by then is cut off. With `backMs` none is to
 * come back before the drain is over and so much longer: a place that is not there yet is not worth asking for.
 */
export async function drain(
  parts: DrainParts,
  { withinMs, backMs }: Pick<DrainTimes, "withinMs" | "backMs">,
): Promise<void> {
  const leaving = [...parts.connections()];
  const soonestMs = backMs > 0 ? withinMs + backMs : 0;
  if (leaving.length === 0) return;
  for (const connection of leaving) {
    send(connection, {
      type: "goaway",
      reason: "the server is restarting",
      reconnectAfterMs: soonestMs + Math.floor(parts.random() * withinMs),
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

/** Resolves when so much time has passed. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
