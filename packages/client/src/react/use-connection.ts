import type { AnyContract } from "@tocsin/protocol";
import { useMemo, useSyncExternalStore } from "react";
import type { Client } from "../api.js";
import type { ConnectionState } from "../connection/public-state.js";
import type { GapReport } from "../errors.js";
import { useTocsinClient } from "./provider.js";
import type { Store } from "./store.js";

/** The connection, and what was lost on it. */
export type ConnectionInfo = ConnectionState & {
  /** Gaps since this component was mounted. */
  readonly gaps: number;
  /** The newest of them. */
  readonly lastGap: GapReport | undefined;
};

const ON_A_SERVER: ConnectionInfo = { status: "idle", attempt: 0, gaps: 0, lastGap: undefined };

/** The state of the connection. Does not connect by itself. */
export function useConnection(): ConnectionInfo {
  const client = useTocsinClient();
  const store = useMemo(() => createConnectionStore(client), [client]);
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}

function createConnectionStore(client: Client<AnyContract>): Store<ConnectionInfo> {
  let gaps = 0;
  let lastGap: GapReport | undefined;
  let seen: ConnectionState | undefined;
  let snapshot = ON_A_SERVER;
  return {
    subscribe(listener) {
      const offState = client.on("state", listener);
      const offGap = client.on("gap", (gap) => {
        gaps += 1;
        lastGap = gap;
        seen = undefined;
        listener();
      });
      return () => {
        offState();
        offGap();
      };
    },
    getSnapshot() {
      if (seen !== client.state) {
        seen = client.state;
        snapshot = { ...seen, gaps, lastGap };
      }
      return snapshot;
    },
    getServerSnapshot: () => ON_A_SERVER,
  };
}
