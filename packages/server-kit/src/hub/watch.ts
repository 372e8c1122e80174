import type { Clock } from "../clock.js";
import type { Connection } from "../connection/connection.js";
import { examine, type HeartbeatSettings } from "../connection/heartbeat.js";

/** What watching needs. */
export interface WatchParts {
  readonly clock: Clock;
  readonly heartbeat: HeartbeatSettings;
  close(connection: Connection, code: number, reason: string): void;
  /** Called at each look at a connection that is well: soon after it came, then once in each interval at least. */
  onLook(connection: Connection): void;
}

/** Looks at every connection when something of it may be due, and at no other time. */
export interface Watch {
  /** Begins to look after a connection; or looks at its deadlines again, for they have changed. */
  keep(connection: Connection): void;
  /** Lets go of one that has ended. */
  drop(connection: Connection): void;
  /** Connections that are looked after. */
  readonly size: number;
  stop(): void;
}

/** Deadlines are met at the next multiple of this, never before they are due. */
export const TICK_MS = 25;

/** The second look comes so soon: who came in a crowd was greeted before it was all there. */
const SECOND_LOOK_MS = 5_000;

/** A timer later than this tells of a busy or frozen process, not of silent peers. */
const LATE_MS = 250;

/**
 * One timer for all deadlines of all connections. A connection is looked at when its earliest deadline has come;
 * a sign of life moves no timer, the look finds it and sets the next one.
 */
export function startWatch({ clock, heartbeat, close, onLook }: WatchParts): Watch {
  const byTick = new Map<number, Set<Connection>>();
  const tickOf = new Map<Connection, number>();
  let cancel = () => {};
  let armedFor = Number.POSITIVE_INFINITY;

  function drop(connection: Connection): void {
    const tick = tickOf.get(connection);
    if (tick === undefined) return;
    tickOf.delete(connection);
    const others = byTick.get(tick);
    others?.delete(connection);
    if (others?.size === 0) byTick.delete(tick);
  }

  function lookAt(connection: Connection, at: number): void {
    const tick = Math.ceil(at / TICK_MS);
    if (tickOf.get(connection) === tick) return;
    drop(connection);
    tickOf.set(connection, tick);
    const others = byTick.get(tick);
    if (others) others.add(connection);
    else byTick.set(tick, new Set([connection]));
    if (tick < armedFor) arm(tick);
  }

  function arm(tick: number): void {
    cancel();
    armedFor = tick;
    if (tick === Number.POSITIVE_INFINITY) return;
    cancel = clock.after(Math.max(0, tick * TICK_MS - clock.now()), () => {
      // What arrived while this process did not run is read before anybody is called silent.
      const late = clock.now() - tick * TICK_MS > LATE_MS;
      if (late) cancel = clock.after(TICK_MS, run);
      else run();
    });
  }

  function run(): void {
    const now = clock.now();
    for (const [tick, connections] of byTick) {
      if (tick * TICK_MS > now) continue;
      for (const connection of connections) look(connection, now);
    }
    arm(Math.min(...byTick.keys()));
  }

  function look(connection: Connection, now: number): void {
    const found = examine(connection, now, heartbeat);
    switch (found.is) {
      case "over":
        drop(connection);
        return close(connection, found.code, found.reason);
      case "silent":
        connection.pingedAt = now;
        connection.socket.ping();
        return look(connection, now);
      case "well":
        lookAt(connection, found.until);
        return onLook(connection);
      default:
        return found satisfies never;
    }
  }

  return {
    keep(connection) {
      if (connection.closing) return;
      look(connection, clock.now());
      const tick = tickOf.get(connection);
      const soon = clock.now() + SECOND_LOOK_MS;
      if (tick !== undefined && tick * TICK_MS > soon) lookAt(connection, soon);
    },
    drop,
    get size() {
      return tickOf.size;
    },
    stop: () => cancel(),
  };
}
