import type { AlertNotification, AlertRule, Monitor } from "@tocsin/protocol/alerts";
import type { RuleMemory, Sighting } from "../transition.js";

/**
 * Why a fire was suppressed: the rule has fired `once`, or in this bar, or within its cooldown; it is snoozed;
 * another rule keeps it quiet. What was muted by one of the last two is told later when it still fires.
 */
export type Muted = "spent" | "bar" | "cooldown" | "snooze" | "inhibited";

/** Where a rule stands: what the evaluator knew, and what became of its last fire. Times are market time. */
export interface RuleRecord extends RuleMemory {
  /** Of the last transition; `null` before the first. */
  readonly movedAt: number | null;
  /** The notification of the fire that stands; `null` when that was suppressed. */
  readonly notifiedId: string | null;
  readonly muted: Muted | null;
  /** What the rule saw when it was muted. */
  readonly mutedSeen: Sighting | null;
  readonly snoozedUntil: number | null;
  readonly spent: boolean;
}

/** One rule of one monitor, whichever version of it: repeats are suppressed by this and by nothing else. */
export interface Cause {
  readonly monitorId: string;
  readonly ruleId: string;
  /** The notification that holds it; `null` when all so far was muted. */
  readonly notificationId: string | null;
  readonly notifiedAt: number | null;
  readonly cooldownUntil: number;
  /** The last trigger that was notified or counted: each market time counts once. */
  readonly lastAt: number;
  /** What was muted before there was a notification to count it on. */
  readonly unclaimed: Counted;
}

/** Triggers that were counted, and the first and the last of them. */
export interface Counted {
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** The last silence of a monitor's feed. */
export interface Silence {
  readonly monitorId: string;
  readonly lastAt: number;
  readonly since: number;
  readonly endedAt: number | null;
  readonly notificationId: string | null;
}

/** How much a user was told lately, and what waits to be told. */
export interface UserRecord {
  readonly userId: string;
  /** The times of the last notifications, as many as a flood takes. */
  readonly floodTimes: readonly number[];
  readonly flood: Flood | null;
  readonly digest: Digest | null;
}

/** A flood that goes on. */
export interface Flood {
  /** Its summary. */
  readonly id: string;
  /** The last notification it covers. */
  readonly at: number;
  /** How many it covers beyond what it says. */
  readonly waiting: number;
}

/** What waits for a digest. */
export interface Digest {
  /** The first that waits; names the digest. */
  readonly first: string;
  readonly count: number;
  readonly dueAt: number;
}

/** A monitor as it is now, and since when it watches. */
export interface Watched {
  readonly version: number;
  readonly armedAt: number | null;
  readonly strategyId: string | null;
  /** All of it; read only where it is needed. */
  monitor(): Monitor;
}

/** Whom a revision concerns besides the inbox. */
export type Outing = "everybody" | "inbox";

/** Names a rule of a monitor. Ids of rules have no space. */
export const ruleKey = (monitorId: string, ruleId: string): string => `${ruleId} ${monitorId}`;

/** A map that remembers which of its values were set since it was filled. */
export class Page<V> {
  readonly #values: Map<string, V>;
  readonly #changed = new Map<string, V>();

  constructor(values: Iterable<readonly [string, V]>) {
    this.#values = new Map(values);
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    this.#values.set(key, value);
    this.#changed.set(key, value);
  }

  all(): IterableIterator<V> {
    return this.#values.values();
  }

  changed(): readonly V[] {
    return [...this.#changed.values()];
  }
}

/** What decisions read and write: a part of the database, read under locks and written back in one go. */
export interface Ledger {
  readonly watched: ReadonlyMap<string, Watched>;
  readonly rules: Page<RuleRecord>;
  readonly causes: Page<Cause>;
  readonly silences: Page<Silence>;
  readonly users: Page<UserRecord>;
  readonly notifications: Page<AlertNotification>;
  /** Revisions to send out, in this order; new notifications are those of revision 1. */
  readonly outgoing: { readonly notification: AlertNotification; readonly to: Outing }[];
  /** How many fires were suppressed. */
  suppressed: number;
}

/** The rule of a monitor, if it still has it. */
export function ruleOf({ rules }: Monitor, ruleId: string): AlertRule | undefined {
  return rules.find(({ id }) => id === ruleId);
}
