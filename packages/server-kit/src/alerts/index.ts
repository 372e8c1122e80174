export {
  type AlertService,
  type AlertServiceHealth,
  type AlertServiceOptions,
  type AlertServiceStatus,
  createAlertService,
} from "./alert-service.js";
export {
  type AlertStore,
  type AlertTotals,
  DEFAULT_MAX_MONITORS,
  type NotificationQuery,
  type Recorded,
} from "./alert-store.js";
export { SourceError, TooManyMonitorsError } from "./errors.js";
export {
  type ArmedMonitor,
  createEvaluator,
  type Evaluator,
  type Sample,
  type Trigger,
} from "./evaluator.js";
export { type AlertHub, hubPublisher } from "./hub-publisher.js";
export { type KyselyAlertStoreOptions, kyselyAlertStore } from "./kysely-alert-store.js";
export { migrateAlerts } from "./migrations.js";
export { type AlertPublisher, createOutbox, type Outbox, type OutboxOptions } from "./outbox.js";
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
export type { MarketDataSource, Playback, SourceHealth, SourceWith } from "./sources/source.js";
export type { BurstSettings, GapSettings, HaltSettings } from "./sources/walk-events.js";
export type {
  AlertTables,
  ClaimRow,
  MonitorRow,
  NotificationRow,
  SequenceRow,
  StateRow,
} from "./tables.js";
