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
export { type Bar, barSeries, barTicks } from "./sources/bars.js";
export { randomWalkSeries, type WalkSettings } from "./sources/random-walk.js";
export { type PlayedSource, type ReplayOptions, replaySource } from "./sources/replay.js";
export { listSeries, mergeSeries, type TickSeries } from "./sources/series.js";
export {
  NEW_YORK_HOURS,
  type Session,
  type SessionHours,
  sessionOn,
} from "./sources/session.js";
export { type SimulationOptions, simulatedSource } from "./sources/simulated.js";
export type { MarketDataSource, Playback, SourceHealth } from "./sources/source.js";
export type {
  AlertTables,
  ClaimRow,
  MonitorRow,
  NotificationRow,
  SequenceRow,
  StateRow,
} from "./tables.js";
