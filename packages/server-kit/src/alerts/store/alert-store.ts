import type {
  AlertNotification,
  Monitor,
  MonitorChange,
  NewMonitor,
  NewStrategy,
  NotificationKind,
  RuleState,
  Severity,
  Strategy,
  StrategyChange,
} from "@tocsin/protocol/alerts";
import type { ArmedMonitor, Sample } from "../evaluator/evaluator.js";
import type { RuleMemory, Transition } from "../transition.js";
import type { Lease } from "./lease-store.js";

/** Keeps monitors and strategies. What it resolves with is stored; what is somebody else's does not exist. */
export interface MonitorStore {
  /**
   * Adds a monitor. `armedAt` is the market time of the last tick of its symbol.
   *
   * @throws {@link TooManyMonitorsError} when the user has as many as allowed.
   * @throws {@link UnknownStrategyError} when it names a strategy the user does not have.
   */
  createMonitor(userId: string, input: NewMonitor, armedAt: number | null): Promise<ArmedMonitor>;
  /** Adds all of them, or none. Throws as {@link MonitorStore.createMonitor}. */
  importMonitors(
    userId: string,
    inputs: readonly { readonly input: NewMonitor; readonly armedAt: number | null }[],
  ): Promise<readonly ArmedMonitor[]>;
  /** Monitors of one user, oldest first; of one strategy where it is named. */
  monitorsOf(userId: string, query?: MonitorQuery): Promise<readonly Monitor[]>;
  /** One monitor; `undefined` when it does not exist or is somebody else's. */
  monitor(userId: string, id: string): Promise<Monitor | undefined>;
  /** Changes a monitor and arms it again: its rules forget what they saw, and their cooldowns stay. */
  changeMonitor(
    userId: string,
    id: string,
    change: MonitorChange,
    armedAt: number | null,
  ): Promise<ArmedMonitor | undefined>;
  /** Deletes a monitor; its notifications stay, and those that fire are resolved. */
  deleteMonitor(userId: string, id: string): Promise<boolean>;
  /** Where the rules of one user's monitors stand. */
  ruleStates(userId: string, monitorId?: string): Promise<readonly RuleState[]>;
  /** Snoozes a rule, or all rules of a monitor, until a market time; `null` ends the snooze. */
  snooze(
    userId: string,
    monitorId: string,
    ruleId: string | undefined,
    until: number | null,
  ): Promise<boolean>;
  /**
   * Adds a strategy.
   *
   * @throws {@link TooManyStrategiesError} and {@link DuplicateStrategyError}.
   */
  createStrategy(userId: string, input: NewStrategy): Promise<Strategy>;
  /** The strategies of one user, oldest first. */
  strategiesOf(userId: string): Promise<readonly Strategy[]>;
  /** One strategy; `undefined` when it does not exist or is somebody else's. */
  strategy(userId: string, id: string): Promise<Strategy | undefined>;
  /** Changes a strategy. Throws {@link DuplicateStrategyError} when the user has another of that name. */
  changeStrategy(userId: string, id: string, change: StrategyChange): Promise<Strategy | undefined>;
  /** Deletes a strategy; its monitors stay without one. */
  deleteStrategy(userId: string, id: string): Promise<boolean>;
}

/** Which monitors to read. */
export interface MonitorQuery {
  /** Only those after this id in the order of creation: the cursor of paging. */
  readonly after?: string;
  readonly limit?: number;
  readonly symbol?: string;
  readonly strategyId?: string;
}

/** What became of some transitions. */
export interface Recorded {
  /** New notifications, in the order of `seq`. */
  readonly fired: readonly AlertNotification[];
  /** Notifications that are quiet again. */
  readonly resolved: readonly AlertNotification[];
  /** How many repeats were counted on earlier notifications. */
  readonly suppressed: number;
}

/** Stores what an evaluator found. */
export interface TransitionStore {
  /**
   * Suppresses and stores transitions in one transaction: each `fired` becomes a notification, or is counted on
   * the one that holds its cause; each `resolved` revises its notification; where each rule stands is kept. What
   * was recorded before changes nothing, so evaluating a tick twice, or by two workers, is harmless.
   *
   * @throws {@link LeaseLostError} when `lease` is given and is no longer held; nothing is stored then.
   */
  record(transitions: readonly Transition[], lease?: Lease): Promise<Recorded>;
  /**
   * What was muted and is no longer, at a market time: rules that still fire although their snooze or inhibition is
   * over become notifications, and digests that are due are written.
   */
  releaseMuted(at: number): Promise<Recorded>;
  /** Every monitor that changed after a revision of the store, for evaluators; deleted ones by id. */
  changesSince(revision: number): Promise<MonitorChanges>;
  /** Where the rules of some monitors stood. */
  memoryOf(monitorIds: readonly string[]): Promise<readonly RuleMemory[]>;
  /** The last prices of some symbols, as {@link TransitionStore.writeSamples} kept them; all without names. */
  samples(symbols?: readonly string[]): Promise<readonly Sample[]>;
  /** Keeps prices that are newer than what is kept. */
  writeSamples(samples: readonly Sample[]): Promise<void>;
  /** A value written by {@link TransitionStore.writeState}; `undefined` when there is none. */
  readState(key: string): Promise<string | undefined>;
  /** Keeps a value for after a restart. */
  writeState(key: string, value: string): Promise<void>;
  /** Over all users. */
  totals(): Promise<AlertTotals>;
}

/** Monitors that changed, up to and including `revision`. */
export interface MonitorChanges {
  readonly revision: number;
  readonly armed: readonly ArmedMonitor[];
  readonly deleted: readonly string[];
}

/** How many notifications there are, and how many repeats they stand for. */
export interface AlertTotals {
  readonly fired: number;
  readonly suppressed: number;
}

/** Which notifications of a user to read. */
export interface NotificationQuery {
  /** Only notifications stored before the one with this `seq`. Absent: from the newest. */
  readonly before?: number;
  /** At most so many. */
  readonly limit: number;
  readonly monitorId?: string;
  readonly symbol?: string;
  readonly kind?: NotificationKind;
  readonly severity?: Severity;
  readonly state?: AlertNotification["state"];
  readonly unread?: boolean;
  readonly unacknowledged?: boolean;
  /** `true`: only archived ones; `false`, the default: none of them. */
  readonly archived?: boolean;
  /** Words that stand in title or body. */
  readonly search?: string;
}

/** What a user can do to one notification. Each is a revision that goes out on the inbox channel. */
export type InboxAction =
  | { readonly do: "read" }
  | { readonly do: "unread" }
  | { readonly do: "acknowledge" }
  | { readonly do: "archive" }
  | { readonly do: "unarchive" }
  /** Until a server time; `null` ends it. */
  | { readonly do: "snooze"; readonly until: number | null };

/** The inbox of each user. */
export interface InboxStore {
  /** Newest first. */
  notifications(userId: string, query: NotificationQuery): Promise<readonly AlertNotification[]>;
  /** One notification; `undefined` when it does not exist or is somebody else's. */
  notification(userId: string, id: string): Promise<AlertNotification | undefined>;
  /** How many are unread and not archived. */
  unreadCount(userId: string): Promise<number>;
  /** Does it once: doing the same again changes nothing. `undefined` when it is not this user's. */
  act(userId: string, id: string, action: InboxAction): Promise<AlertNotification | undefined>;
  /** Marks all as read that were stored up to a `seq`; resolves with how many were not. */
  readAll(userId: string, upTo?: number): Promise<number>;
}
