import cluster, { type Worker } from "node:cluster";
import { type Logger, silentLogger } from "../logger.js";
import { memoryDedupStore } from "../store/dedup-memory.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import { memoryPresenceStore } from "../store/presence-memory.js";
import { linkOf } from "./link.js";
import { createServer, type PrimaryStores } from "./serve.js";

/** Settings of {@link clusterPrimary}. */
export interface ClusterPrimaryOptions extends Partial<PrimaryStores> {
  /** Told of calls that failed and of workers that do not take their events. Default: silent. */
  readonly logger?: Logger;
}

/** What the primary of a cluster does for its workers. */
export interface ClusterPrimary extends AsyncDisposable {
  /** Workers that are connected. */
  readonly workers: number;
}

/**
 * Call in the primary process, before it forks: keeps what the hubs of all workers share, and carries events between
 * them. Stores that are not given are made in memory here, so they outlive a worker, and not the primary. Those that are
 * given stay the caller's to close.
 */
export function clusterPrimary(options: ClusterPrimaryOptions = {}): ClusterPrimary {
  const { logger = silentLogger } = options;
  const own: AsyncDisposable[] = [];
  const keep = <S extends AsyncDisposable>(store: S): S => {
    own.push(store);
    return store;
  };
  const server = createServer(
    {
      history: options.history ?? keep(memoryHistoryStore()),
      dedup: options.dedup ?? keep(memoryDedupStore()),
      presence: options.presence ?? keep(memoryPresenceStore()),
    },
    logger,
  );
  const takeIn = (worker: Worker) => server.serve(linkOf(worker, () => worker.isConnected()));
  cluster.on("fork", takeIn);
  for (const worker of Object.values(cluster.workers ?? {})) if (worker) takeIn(worker);
  return {
    get workers() {
      return server.workers;
    },
    async [Symbol.asyncDispose]() {
      cluster.off("fork", takeIn);
      for (const store of own.splice(0)) await store[Symbol.asyncDispose]();
    },
  };
}
