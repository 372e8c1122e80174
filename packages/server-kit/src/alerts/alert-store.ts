import type {
  AlertNotification,
  Monitor,
  MonitorChange,
  NewMonitor,
} from "@tocsin/protocol/alerts";
import type { ArmedMonitor, Trigger } from "./evaluator.js";

/** Most monitors one user may have, unless the store is told otherwise. */
export const DEFAULT_MAX_MONITORS = 1_000;

/** What became of some triggers. */
export interface Recorded {
  /** The new notifications, in the order of `seq`. */
  readonly fired: readonly AlertNotification[];
  /** How many repeats were counted on earlier notifications. */
  readonly suppressed: number;
}

/** Which notifications of a user to read. */
export interface NotificationQuery {
  /** Only notifications stored before the one with this `seq`. Absent: from the newest. */
  readonly before?: number;
  /** At most so many. */
  readonly limit: number;
  /** Only those of one monitor. */
  readonly monitorId?: string;
}

/** How many notifications there are, and how many repeats they stand for. */
export interface AlertTotals {
  readonly fired: number;
  readonly suppressed: number;
}

/** Keeps monitors, notifications and the state of the service. What it resolves with is stored. */
export interface AlertStore {
  /**
   * Adds a monitor. `armedAt` is the market time of the last tick of its symbol.
   *
   * @throws {@link TooManyMonitorsError} when the user has as many as allowed.
   */
  createMonitor(userId: string, input: NewMonitor, armedAt: number | null): Promise<ArmedMonitor>;
  /** The monitors of one user, oldest first. */
  monitorsOf(userId: string): Promise<readonly Monitor[]>;
  /** One monitor; `undefined` when it does not exist or is somebody else's. */
  monitor(userId: string, id: string): Promise<Monitor | undefined>;
  /** Changes a monitor and arms it again; `undefined` when it does not exist or is somebody else's. */
  changeMonitor(
    userId: string,
    id: string,
    change: MonitorChange,
    armedAt: number | null,
  ): Promise<ArmedMonitor | undefined>;
  /** Deletes a monitor; its notifications stay. `false` when it does not exist or is somebody else's. */
  deleteMonitor(userId: string, id: string): Promise<boolean>;
  /** Every monitor of every user, for the evaluator. */
  allMonitors(): Promise<readonly ArmedMonitor[]>;
  /**
   * Suppresses and stores triggers in one transaction: each becomes a notification, or is counted on the one
   * that holds its cause. A trigger that was recorded before changes nothing, so evaluating twice is harmless.
   */
  record(triggers: readonly Trigger[]): Promise<Recorded>;
  /** Notifications of one user, newest first. */
  notifications(userId: string, query: NotificationQuery): Promise<readonly AlertNotification[]>;
  /** Over all users. */
  totals(): Promise<AlertTotals>;
  /** Notifications the outbox has not handed on, oldest first, without those of `exceptUsers`. */
  unpublished(
    limit: number,
    exceptUsers?: readonly string[],
  ): Promise<readonly AlertNotification[]>;
  /** Marks a notification as handed on, at a time in milliseconds since 1970. */
  markPublished(id: string, at: number): Promise<void>;
  /** A value written by {@link AlertStore.writeState}; `undefined` when there is none. */
  readState(key: string): Promise<string | undefined>;
  /** Keeps a value for after a restart. */
  writeState(key: string, value: string): Promise<void>;
}
