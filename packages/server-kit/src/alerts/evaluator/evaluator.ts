import type { Monitor, RulePhase, Tick } from "@tocsin/protocol/alerts";
import type { RuleMemory, Transition } from "../transition.js";

/** A monitor, and since when it watches. */
export interface ArmedMonitor {
  readonly monitor: Monitor;
  /**
   * Market time of the last tick its symbol had when it was created or changed, milliseconds since 1970; `null`
   * when there was none. Only later ticks can fire it, also when a replay goes over older ones again.
   */
  readonly armedAt: number | null;
}

/** The last price of a symbol. */
export interface Sample {
  readonly symbol: string;
  readonly price: number;
  readonly at: number;
}

/** Ticks in, transitions out. Knows neither databases nor clocks: time is what ticks and callers say. */
export interface Evaluator {
  /**
   * Watches a monitor from now on, in place of any earlier version of it. One that is not enabled is not watched.
   * `memory` is where its rules stood before a restart; memory of another version is ignored.
   */
  arm(armed: ArmedMonitor, memory?: readonly RuleMemory[]): void;
  /** Stops watching a monitor; harmless when it is not watched. */
  disarm(monitorId: string): void;
  /**
   * Advances to the tick's time, then evaluates (previous price, this price]. A tick that is not later than the
   * last of its symbol is ignored, so the ticks of one symbol have strictly increasing times.
   */
  evaluate(tick: Tick): readonly Transition[];
  /** Lets market time pass: pending rules come due, symbols fall silent, rules expire. Never goes back. */
  advance(at: number): readonly Transition[];
  /** Lets a past tick into the windows of rules that look back, and fires nothing. */
  warm(tick: Tick): void;
  /** Where a rule stands, no-data included; `undefined` when it is not watched. */
  phase(monitorId: string, ruleId: string): RulePhase | undefined;
  /** The last price of a symbol, if it had any. */
  lastSample(symbol: string): Sample | undefined;
  /** The last price of every symbol, to go on from after a restart. */
  samples(): readonly Sample[];
  /** Goes on from {@link Evaluator.samples}. */
  restore(samples: readonly Sample[]): void;
  /** How many monitors are watched. */
  readonly size: number;
}

/** Settings of {@link createEvaluator}. */
export interface EvaluatorOptions {
  /**
   * After how much silence within its trading hours a symbol counts as silent, milliseconds of market time;
   * `null` never. Default: never.
   */
  readonly staleAfterMs?: (symbol: string) => number | null;
  /** When a symbol trades, for its silence; default always. */
  readonly hoursOf?: (symbol: string) => TradingCalendar | null;
}

/** When an exchange trades. */
export interface TradingCalendar {
  /** Whether it trades at a time. */
  isOpen(at: number): boolean;
  /** The time by which it has traded for `tradingMs` since `from`. */
  after(from: number, tradingMs: number): number;
}
