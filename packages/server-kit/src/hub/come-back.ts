import { type Connection, send } from "../connection/connection.js";

/** What telling clients when to come back needs. */
export interface ComeBackParts {
  now(): number;
  /** Open connections. */
  connections(): number;
  /** Connections the hub takes in a second. */
  readonly perSecond: number;
  /** Something was put into the connection's outbox. */
  onSent(connection: Connection): void;
}

/** Tells clients over how long they should spread, should the server be lost and not be there at once. */
export interface ComeBack {
  /** For the greeting of a connection; absent as long as there is nothing to spread. */
  greet(connection: Connection): { readonly reconnectWithinMs?: number };
  /** Tells a connection anew when what it was told is out of date. */
  refresh(connection: Connection): void;
}

/** Twice as long as it takes to let everybody in: at half its pace the door has no line in front of it. */
const ROOM = 2;

/** When all are in again in less than this, a client's own first waits are wide enough. */
const LEAST_MS = 500;

/** Shortest spread: clients keep to it however long the server is away, and should not knock more often. */
const SHORTEST_MS = 5_000;

/** Longest spread, in milliseconds; no client waits longer than its own longest wait anyhow. */
const MOST_MS = 60_000;

/**
 * Long enough to let everybody in again without a queue. Each connection is told when it comes and at later looks, but only
 * if the number has changed by half: a server of steady size says nothing.
 */
export function createComeBack({ now, connections, perSecond, onSent }: ComeBackParts): ComeBack {
  const told = new WeakMap<Connection, number>();
  const current = () => {
    const ms = Math.round((ROOM * connections() * 1_000) / perSecond);
    return ms < LEAST_MS ? 0 : Math.max(SHORTEST_MS, Math.min(MOST_MS, ms));
  };
  return {
    greet(connection) {
      const reconnectWithinMs = current();
      if (reconnectWithinMs === 0) return {};
      told.set(connection, reconnectWithinMs);
      return { reconnectWithinMs };
    },
    refresh(connection) {
      const before = told.get(connection) ?? 0;
      const reconnectWithinMs = current();
      const much = Math.abs(reconnectWithinMs - before) > before / 2;
      if (!much) return;
      told.set(connection, reconnectWithinMs);
      send(connection, { type: "pong", timestamp: now(), reconnectWithinMs });
      onSent(connection);
    },
  };
}
