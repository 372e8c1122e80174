export type {
  Client,
  ClientEvents,
  History,
  HistoryOptions,
  PublishOptions,
  PublishResult,
} from "./api.js";
export { createClient } from "./client.js";
export { type Clock, systemClock } from "./clock.js";
export type { BackoffPolicy } from "./connection/backoff.js";
export type {
  SocketConstructor,
  SocketEvent,
  SocketEventName,
  SocketLike,
} from "./connection/dial.js";
export type { TokenSource } from "./connection/driver.js";
export type { Heartbeat } from "./connection/heartbeat.js";
export type { ConnectionState } from "./connection/public-state.js";
export type { WakeSource } from "./connection/wake.js";
export type { Disposable } from "./dispose.js";
export {
  AbortedError,
  ClientClosedError,
  ConnectionClosedError,
  ConnectTimeoutError,
  DialError,
  type GapReport,
  HandlerError,
  HeartbeatTimeoutError,
  InvalidPayloadError,
  ProtocolError,
  QueueOverflowError,
  RequestError,
  RequestTimeoutError,
  SubscriptionConflictError,
  SubscriptionEndedError,
  TokenError,
} from "./errors.js";
export type { EventMap, Listenable } from "./events.js";
export type { Logger } from "./logger.js";
export type { ClientOptions } from "./options.js";
export type { RequestOptions } from "./requests.js";
export type { EventMeta, ItemOf, Recovery, TableChange } from "./subscription/delivery.js";
export type {
  BaseSubscription,
  CommonSubscribeOptions,
  ParamsInputOf,
  SubscribeOptions,
  Subscription,
  SubscriptionEvents,
  SubscriptionState,
} from "./subscription/subscription.js";
