import type { Monitor, MonitorChange, NewMonitor, Tick } from "@tocsin/protocol/alerts";
import type { Clock } from "../../clock.js";
import type { Logger } from "../../logger.js";
import type { EvaluatorOptions } from "../evaluator/evaluator.js";
import type { MarketDataSource, SourceHealth } from "../sources/source.js";
import type { MonitorStore, Recorded, TransitionStore } from "../store/alert-store.js";
import type { LeaseStore } from "../store/lease-store.js";

/** Settings of {@link createAlertService}. */
export interface AlertServiceOptions extends EvaluatorOptions {
  readonly source: MarketDataSource;
  readonly store: MonitorStore & TransitionStore & LeaseStore;
  /** Something was stored and can go out: wakes a dispatcher, here or through a broker elsewhere. */
  readonly onRecorded?: (recorded: Recorded) => void;
  /**
   * Ticks of the past, `from` excluded and `to` included, in the order of their times: what rules that look back
   * start with. Without it they start with what comes.
   */
  readonly past?: (symbol: string, from: number, to: number) => Iterable<Tick>;
  /** Shares the monitors with other workers on the same database. Absent: all are this one's. */
  readonly share?: {
    /** Names this worker; no two that live have the same. */
    readonly worker: string;
    /** Default {@link DEFAULT_PARTITIONS}; the same for all workers. */
    readonly partitions?: number;
    /** After how long the symbols of a worker that died are taken over, milliseconds. Default 10,000. */
    readonly leaseMs?: number;
  };
  /** Real time between two checkpoints, milliseconds: how much is evaluated again after a crash. Default 1,000. */
  readonly checkpointMs?: number;
  /** Real time between two looks at what is due, milliseconds. Default 1,000. */
  readonly advanceMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** What an alert service is doing. Counts go on over restarts. */
export interface AlertServiceStatus {
  /** Whether ticks are being evaluated. */
  readonly running: boolean;
  /** Market milliseconds that pass in one real millisecond; 1 on a live feed. */
  readonly speed: number;
  /** Market time of the last tick, milliseconds since 1970; `null` before the first. */
  readonly marketTime: number | null;
  readonly ticks: number;
  readonly fired: number;
  readonly suppressed: number;
  /** Whether played data has come to its end. */
  readonly ended: boolean;
}

/** Whether an alert service does its work. */
export interface AlertServiceHealth {
  /** Whether alerts are being stored. */
  readonly ok: boolean;
  readonly source: SourceHealth;
  /** How many transitions wait to be stored. */
  readonly backlog: number;
  /** How many monitors this worker watches. */
  readonly monitors: number;
  /** The partitions this worker holds; absent when it shares with nobody. */
  readonly partitions?: number;
}

/** Monitors in, notifications out. */
export interface AlertService {
  /** Evaluates ticks; harmless when it does. At the end of played data, or once closed, it does nothing. */
  start(): void;
  /** Stops evaluating and stores what was found. What cannot be stored stays queued. */
  stop(): Promise<void>;
  /** What it is doing now. */
  status(): AlertServiceStatus;
  /** Whether it can do it. */
  health(): AlertServiceHealth;
  /**
   * Adds a monitor and watches it.
   *
   * @throws {@link TooManyMonitorsError} when the user has as many as allowed.
   * @throws {@link InvalidTradingHoursError} when a rule names hours nobody knows.
   */
  createMonitor(userId: string, input: NewMonitor): Promise<Monitor>;
  /** Adds all of them or none; throws as {@link AlertService.createMonitor}. */
  importMonitors(userId: string, inputs: readonly NewMonitor[]): Promise<readonly Monitor[]>;
  /** Changes a monitor and watches the new version; `undefined` when it is not this user's. */
  changeMonitor(userId: string, id: string, change: MonitorChange): Promise<Monitor | undefined>;
  /** Deletes a monitor; `false` when it is not this user's. Notifications stay. */
  deleteMonitor(userId: string, id: string): Promise<boolean>;
  /** Snoozes a rule, or a whole monitor, for some market time; 0 ends the snooze. `false` when it is not theirs. */
  snooze(
    userId: string,
    monitorId: string,
    ruleId: string | undefined,
    forMs: number,
  ): Promise<boolean>;
  /** Goes on at another time of played data. Rules start again from there; what was notified stays notified. */
  seek(position: number): Promise<void>;
  /** Stops for good and gives shared symbols back. The store, the source and the dispatcher are the caller's. */
  close(): Promise<void>;
}
