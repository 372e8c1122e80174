export { calendarOf } from "./calendar/calendar.js";
export { EXCHANGES } from "./calendar/exchanges.js";
export {
  allowedAddresses,
  isPublicAddress,
  type Lookup,
  type TargetPolicy,
} from "./delivery/address.js";
export type {
  DeliveryClaim,
  DeliveryRecord,
  DeliveryStore,
  Endpoint,
} from "./delivery/delivery-store.js";
export {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
} from "./delivery/dispatcher.js";
export {
  type AlertMail,
  type EmailSinkOptions,
  emailSink,
  type MailTransport,
} from "./delivery/email-sink.js";
export { type InboxHub, type InboxSinkOptions, inboxSink } from "./delivery/inbox-sink.js";
export type { AlertSink, Delivery, RetryPolicy } from "./delivery/sink.js";
export { webhookSignature } from "./delivery/webhook-signature.js";
export { type WebhookSinkOptions, webhookSink } from "./delivery/webhook-sink.js";
export {
  DeliveryError,
  DuplicateStrategyError,
  EndpointTargetError,
  InvalidTradingHoursError,
  LeaseLostError,
  SourceError,
  TooManyEndpointsError,
  TooManyMonitorsError,
  TooManyStrategiesError,
  UnknownStrategyError,
} from "./errors.js";
export { createEvaluator } from "./evaluator/create-evaluator.js";
export type {
  ArmedMonitor,
  Evaluator,
  EvaluatorOptions,
  Sample,
  TradingCalendar,
} from "./evaluator/evaluator.js";
export { describeRule } from "./rules/rule.js";
export type {
  AlertService,
  AlertServiceHealth,
  AlertServiceOptions,
  AlertServiceStatus,
} from "./service/alert-service.js";
export { createAlertService } from "./service/create-alert-service.js";
export { DEFAULT_PARTITIONS } from "./service/partition.js";
export { type Preview, type PreviewedFire, preview, previewStart } from "./service/preview.js";
export type { FeedBackoff } from "./sources/backoff.js";
export { type Bar, barSeries, barTicks } from "./sources/bars.js";
export { type BinanceOptions, type BinanceSource, binanceSource } from "./sources/binance.js";
export type { FeedFetch } from "./sources/binance-klines.js";
export type { BinancePrices } from "./sources/binance-messages.js";
export {
  CANDLE_INTERVALS,
  type CandleInterval,
  type CandleQuery,
  candlesOf,
} from "./sources/candles.js";
export {
  type CompositeHealth,
  type CompositeOptions,
  type CompositeSource,
  compositeSource,
  type Failover,
} from "./sources/composite.js";
export { type DeribitOptions, type DeribitSource, deribitSource } from "./sources/deribit.js";
export type { DeribitPrices } from "./sources/deribit-messages.js";
export { FeedError } from "./sources/feed-error.js";
export type { FeedSocket, FeedSocketConstructor } from "./sources/feed-socket.js";
export type { StalenessOptions } from "./sources/freshness.js";
export type { LiveHealth, LiveOptions, LiveSource } from "./sources/live-source.js";
export { randomWalkSeries, type WalkSettings } from "./sources/random-walk.js";
export { type PlayedSource, type ReplayOptions, replaySource } from "./sources/replay.js";
export type { Route } from "./sources/routes.js";
export { listSeries, mergeSeries, type TickSeries } from "./sources/series.js";
export {
  NEW_YORK_HOURS,
  type Session,
  type SessionHours,
  sessionOn,
} from "./sources/session.js";
export { type SimulationOptions, simulatedSource } from "./sources/simulated.js";
export type { MarketDataSource, Playback, SourceHealth } from "./sources/source.js";
export type { BurstSettings, GapSettings, HaltSettings } from "./sources/walk-events.js";
export type {
  AlertTotals,
  InboxAction,
  InboxStore,
  MonitorChanges,
  MonitorQuery,
  MonitorStore,
  NotificationQuery,
  Recorded,
  TransitionStore,
} from "./store/alert-store.js";
export {
  type AlertStore,
  DEFAULT_FLOOD,
  DEFAULT_MAX_MONITORS,
  type KyselyAlertStoreOptions,
  kyselyAlertStore,
} from "./store/kysely-alert-store.js";
export type { Lease, LeaseStore } from "./store/lease-store.js";
export { migrateAlerts } from "./store/migrations.js";
export type {
  AlertTables,
  CauseRow,
  DeletedMonitorRow,
  DeliveryRow,
  EndpointRow,
  LeaseRow,
  MonitorRow,
  NotificationRow,
  QueueRow,
  RuleStateRow,
  SampleRow,
  SequenceRow,
  SilenceRow,
  StateRow,
  StrategyRow,
  UserRow,
  WorkerRow,
} from "./store/tables.js";
export type { AlertDb } from "./store/transact.js";
export type {
  FeedTransition,
  RuleMemory,
  RuleTransition,
  Sighting,
  Transition,
} from "./transition.js";
