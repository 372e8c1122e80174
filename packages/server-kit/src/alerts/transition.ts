import type { AlertRule, Monitor, RulePhase } from "@tocsin/protocol/alerts";

/** What a rule saw when it moved. Times are market time, milliseconds since 1970, unless said otherwise. */
export interface Sighting {
  readonly at: number;
  /** The price of the tick; `null` when a timer moved the rule and there was no price yet. */
  readonly price: number | null;
  /** The price before it. */
  readonly previousPrice: number | null;
  /** The level that was met. */
  readonly level: number | null;
  /** What the price was compared with, for a rule over a window. */
  readonly referencePrice: number | null;
  readonly changePercent: number | null;
  /** When the venue said it, on its clock. */
  readonly feedAt: number | null;
  /** When it came in, on the server's clock. */
  readonly receivedAt: number | null;
  readonly venue: string | null;
}

/** Where a rule stands, as far as the evaluator knows; kept in the database, so that a restart changes nothing. */
export interface RuleMemory {
  readonly monitorId: string;
  /** The version of the monitor it belongs to: memory of another version says nothing. */
  readonly monitorVersion: number;
  readonly ruleId: string;
  readonly phase: Exclude<RulePhase, "no-data">;
  /** Since when it is in this phase; `null` before its first sample. */
  readonly since: number | null;
  readonly pendingSince: number | null;
  /** When it last fired, notified or not, and at which price. */
  readonly firedAt: number | null;
  readonly firedPrice: number | null;
  /**
   * Whether the price was beyond the level when the rule was armed: it stays quiet until the price has been back
   * (trap 1).
   */
  readonly held: boolean;
}

/** A rule moved from one phase to another. */
export interface RuleTransition {
  readonly type: "pending" | "lapsed" | "fired" | "resolved";
  readonly monitor: Monitor;
  readonly rule: AlertRule;
  readonly seen: Sighting;
  /** Where the rule stands now. */
  readonly memory: RuleMemory;
}

/** The feed of a monitor's symbol fell silent, or came back. */
export interface FeedTransition {
  readonly type: "no-data" | "data";
  readonly monitor: Monitor;
  /** Market time at which the silence was noticed, or ended. */
  readonly at: number;
  /** Market time of the last tick before the silence; names the silence. */
  readonly lastAt: number;
  readonly lastPrice: number | null;
}

/**
 * What an evaluator hands out, in order. `pending` → `fired` or `lapsed`; `fired` → `resolved`. Whether anybody is
 * told of a `fired` is the store's to decide.
 */
export type Transition = RuleTransition | FeedTransition;
