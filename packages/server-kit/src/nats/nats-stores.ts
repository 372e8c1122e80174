import { type Logger, silentLogger } from "../logger.js";
import type { DedupStore } from "../store/dedup-store.js";
import type { PresenceStore } from "../store/presence-store.js";
import { type NatsBroker, natsBroker } from "./broker-nats.js";
import { natsDedupStore } from "./dedup-nats.js";
import {
  type NatsHistoryOptions,
  type NatsHistoryStore,
  natsHistoryStore,
} from "./history-nats.js";
import type { Nats } from "./open-nats.js";
import { natsPresenceStore } from "./presence-nats.js";

/** Settings of {@link natsStores}. */
export interface NatsStoresOptions
  extends Pick<NatsHistoryOptions, "maxLogBytes" | "maxHeldBytes" | "maxPending"> {
  /** Told of listeners that throw and of messages that are no events. Default: silent. */
  readonly logger?: Logger;
}

/** Everything a hub can keep in NATS. Give it to `createHub` as it is, and dispose of it after the hub. */
export interface NatsStores extends AsyncDisposable {
  readonly history: NatsHistoryStore;
  readonly dedup: DedupStore;
  readonly presence: PresenceStore;
  readonly broker: NatsBroker;
}

/**
 * Makes all four on one NATS. The server announces what it stores, so an append and its way to the other nodes are one
 * step. Make them once for each `openNats`.
 */
export function natsStores(
  nats: Nats,
  { logger = silentLogger, ...options }: NatsStoresOptions = {},
): NatsStores {
  const history = natsHistoryStore(nats, options);
  const broker = natsBroker(nats, { announced: true, logger });
  return {
    history,
    dedup: natsDedupStore(nats),
    presence: natsPresenceStore(nats),
    broker,
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]();
      await history[Symbol.asyncDispose]();
    },
  };
}
