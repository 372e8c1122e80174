import type { Connection } from "./connection.js";
import { principalOf } from "./connection.js";

/** How many connections may be open. */
export interface ConnectionLimits {
  /** On this node. Default 50,000. */
  readonly connections: number;
  /** From one address. Default 256: an office or a mobile carrier shares one. */
  readonly connectionsPerAddress: number;
}

/** A place for one connection, or why there is none. `free` gives it back and is harmless when repeated. */
export type Admission =
  | {
      readonly ok: true;
      /** Gives the place back. */
      free(): void;
    }
  | { readonly ok: false; readonly limit: "connections" | "connectionsPerAddress" };

/** Knows every open connection: admits, counts, and finds by client or user. */
export interface ConnectionManager {
  /** Open connections. */
  readonly size: number;
  /** Reserves a place before the handshake, so that a flood is turned away while it is cheap. */
  admit(remoteAddress: string): Admission;
  /** Takes in a connection that has been opened. */
  add(connection: Connection): void;
  /** Lets go of one that has ended. Harmless when it is not there. */
  remove(connection: Connection): void;
  /** The connection with this client id. */
  get(clientId: string): Connection | undefined;
  /** The open connections of one user. */
  ofUser(userId: string): readonly Connection[];
  /** Call when a connection learns whose it is. */
  identified(connection: Connection): void;
  /** Every open connection. */
  all(): Iterable<Connection>;
}

/** Connections of this process. */
export function createConnectionManager({
  connections,
  connectionsPerAddress,
}: ConnectionLimits): ConnectionManager {
  const byId = new Map<string, Connection>();
  const byUser = new Map<string, Set<Connection>>();
  const places = new Map<string, number>();
  let taken = 0;

  return {
    get size() {
      return byId.size;
    },
    admit(remoteAddress) {
      const here = places.get(remoteAddress) ?? 0;
      if (taken >= connections) return { ok: false, limit: "connections" };
      if (here >= connectionsPerAddress) return { ok: false, limit: "connectionsPerAddress" };
      places.set(remoteAddress, here + 1);
      taken += 1;
      let held = true;
      return {
        ok: true,
        free() {
          if (!held) return;
          held = false;
          taken -= 1;
          const left = (places.get(remoteAddress) ?? 1) - 1;
          if (left > 0) places.set(remoteAddress, left);
          else places.delete(remoteAddress);
        },
      };
    },
    add(connection) {
      byId.set(connection.id, connection);
      this.identified(connection);
    },
    remove(connection) {
      byId.delete(connection.id);
      const userId = principalOf(connection)?.userId;
      const others = userId === undefined ? undefined : byUser.get(userId);
      others?.delete(connection);
      if (userId !== undefined && others?.size === 0) byUser.delete(userId);
    },
    get: (clientId) => byId.get(clientId),
    ofUser: (userId) => [...(byUser.get(userId) ?? [])],
    identified(connection) {
      if (!byId.has(connection.id)) return; // it went while its token was being looked at
      const userId = principalOf(connection)?.userId;
      if (userId === undefined) return;
      const own = byUser.get(userId);
      if (own) own.add(connection);
      else byUser.set(userId, new Set([connection]));
    },
    all: () => byId.values(),
  };
}
