export { UnstorableDataError } from "../store/event-text.js";
export { type NatsBroker, type NatsBrokerOptions, natsBroker } from "./broker-nats.js";
export { type NatsDedupOptions, natsDedupStore } from "./dedup-nats.js";
export {
  NatsRefusedError,
  NatsSettingsError,
  NatsTimeoutError,
  NatsUnavailableError,
} from "./errors.js";
export {
  type NatsHistoryOptions,
  type NatsHistoryStore,
  natsHistoryStore,
} from "./history-nats.js";
export type { NatsLink } from "./link.js";
export type { NatsNames } from "./names.js";
export { type NatsStores, type NatsStoresOptions, natsStores } from "./nats-stores.js";
export { type Nats, type NatsPersistence, type OpenNatsOptions, openNats } from "./open-nats.js";
export { type NatsPresenceOptions, natsPresenceStore } from "./presence-nats.js";
