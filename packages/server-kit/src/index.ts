export { type Clock, systemClock } from "./clock.js";
export { type Connection, type Identity, principalOf } from "./connection/connection.js";
export {
  type Admission,
  type ConnectionLimits,
  type ConnectionManager,
  createConnectionManager,
} from "./connection/connection-manager.js";
export {
  type Caller,
  type Conversation,
  type Dialect,
  type DialectCodec,
  dialectCodec,
  type Frames,
  type Understood,
} from "./connection/dialect.js";
export type { EncodedEvent, Previous } from "./connection/encoded-event.js";
export { UnwritableError } from "./connection/frame.js";
export { FRAME_FAULTS, type FrameFault } from "./connection/frame-fault.js";
export type { HeartbeatSettings } from "./connection/heartbeat.js";
export type { Line } from "./connection/line.js";
export type { Accepted, Lanes, Outbox, Slot } from "./connection/outbox.js";
export type { Principal, UpgradeInfo } from "./connection/principal.js";
export type { Socket, SocketListener } from "./connection/socket.js";
export type { ArrivalCounts } from "./hub/arrivals/stats.js";
export { createHub } from "./hub/create-hub.js";
export type { CloseOptions } from "./hub/drain.js";
export type { Hub, HubHealth, RemotePublish } from "./hub/hub.js";
export type { BrokerStats } from "./hub/incoming.js";
export type { ClientSomewhere, Everywhere, NodeInfo, Nodes } from "./hub/nodes/nodes.js";
export type { NodeSettings } from "./hub/nodes/settings.js";
export type { HubOptions, HubSettings, ViewsOf } from "./hub/options.js";
export type { ClientInfo, HubStats } from "./hub/stats.js";
export type { DisconnectTarget } from "./hub/target.js";
export type { Handler, HandlerContext } from "./inbound/context.js";
export {
  createMessageHandler,
  type MessageHandler,
  type MessageHandlerParts,
} from "./inbound/message-handler.js";
export type {
  CallContext,
  MethodHandler,
  MethodHandlers,
  MethodHandlersOf,
} from "./inbound/methods.js";
export {
  type AccessRequest,
  type Authenticate,
  type Authorize,
  type Credentials,
  readOnly,
} from "./inbound/policy.js";
export {
  type RateLimit,
  RateLimitError,
  type Taken,
  type TokenBucket,
  tokenBucket,
} from "./inbound/rate-limit.js";
export { type Refusal, Refused } from "./inbound/refusal.js";
export {
  REJECTION_REASONS,
  type Rejection,
  type RejectionCounts,
  type RejectionDetails,
  type RejectionReason,
  type RejectionStage,
  type Rejections,
} from "./inbound/rejections.js";
export { DEFAULT_LIMITS, type HubLimits } from "./limits.js";
export { type Logger, silentLogger } from "./logger.js";
export { createFanOut, type FanOut, type FanOutParts } from "./outbound/fan-out.js";
export { createTurn, type Turn } from "./outbound/turn.js";
export { InvalidPublishError, PublishFailedError } from "./publish/errors.js";
export type { Published } from "./publish/published.js";
export {
  createPublisher,
  type Publisher,
  type PublisherParts,
  type PublishOptions,
} from "./publish/publisher.js";
export type { Broker, BrokerState, EventListener } from "./store/broker.js";
export {
  BrokerClosedError,
  createMemoryNetwork,
  type MemoryBrokerOptions,
  type MemoryNetwork,
  memoryBroker,
} from "./store/broker-memory.js";
export { DedupFullError, type MemoryDedupOptions, memoryDedupStore } from "./store/dedup-memory.js";
export type { Claim, DedupStore } from "./store/dedup-store.js";
export type { ChannelEvent } from "./store/event.js";
export { type MemoryHistoryOptions, memoryHistoryStore } from "./store/history-memory.js";
export type {
  AppendedOnce,
  Durability,
  HistoryPage,
  HistoryQuery,
  HistoryStore,
  Keep,
  NewEntry,
  Once,
  StoredEntry,
} from "./store/history-store.js";
export { type MemoryPresenceOptions, memoryPresenceStore } from "./store/presence-memory.js";
export type { PresenceStore } from "./store/presence-store.js";
export { EntryTooDeepError } from "./store/size-memory.js";
export type { Pace, Paced } from "./subscription/pace.js";
export type { Alike, Readers } from "./subscription/readers.js";
export type { Stage, Subscription, SubscriptionTerms } from "./subscription/subscription.js";
export {
  createSubscriptionManager,
  type InterestListener,
  type SubscriptionManager,
} from "./subscription/subscription-manager.js";
export { type Select, type View, ViewFailedError } from "./subscription/view.js";
export type { Attachment, AttachOptions, Gate, Reserved, TurnedAway } from "./ws/attach.js";
export type { AllowedOrigins } from "./ws/origin.js";
export type { WsSocketOptions } from "./ws/socket-options.js";
