import type { AlertRule, Monitor, Tick } from "@tocsin/protocol/alerts";
import { createRuleIndex, type RuleIndex } from "./rule-index.js";
import { edgesOf } from "./rules/rule.js";

/** A monitor, and since when it watches. */
export interface ArmedMonitor {
  readonly monitor: Monitor;
  /**
   * Market time of the last tick its symbol had when it was created or changed, milliseconds since 1970; `null`
   * when there was none. Only later ticks can fire it, also when a replay goes over older ones again.
   */
  readonly armedAt: number | null;
}

/** A rule went from quiet to firing: the transition an evaluator hands out. */
export interface Trigger {
  readonly monitor: Monitor;
  readonly rule: AlertRule;
  /** The level that was met. */
  readonly level: number;
  readonly price: number;
  readonly previousPrice: number;
  /** Market time of the tick, milliseconds since 1970. */
  readonly at: number;
}

/** The last price of a symbol. */
export interface Sample {
  readonly symbol: string;
  readonly price: number;
  readonly at: number;
}

/** Ticks in, transitions out. Remembers one price per symbol and nothing else. */
export interface Evaluator {
  /** Watches a monitor from now on, in place of any earlier version of it. One that is not enabled is not watched. */
  arm(armed: ArmedMonitor): void;
  /** Stops watching a monitor; harmless when it is not watched. */
  disarm(monitorId: string): void;
  /**
   * Evaluates (previous price, this price]. A tick that is not later than the last of its symbol is ignored, so
   * the ticks of one symbol have strictly increasing times. The first tick of a symbol fires nothing (trap 1).
   */
  evaluate(tick: Tick): readonly Trigger[];
  /** The last price of a symbol, if it had any. */
  lastSample(symbol: string): Sample | undefined;
  /** The last price of every symbol, to go on from after a restart. */
  samples(): readonly Sample[];
  /** Goes on from {@link Evaluator.samples}. */
  restore(samples: readonly Sample[]): void;
  /** How many monitors are watched. */
  readonly size: number;
}

interface Watched {
  readonly armed: ArmedMonitor;
  readonly rule: AlertRule;
}

/**
 * Creates an evaluator that watches nothing yet.
 *
 * A monitor starts from the price its symbol has when it is armed: armed beyond its level it stays quiet until
 * the price has come back, armed before it the very next tick may fire. Changing a monitor starts it again.
 */
export function createEvaluator(): Evaluator {
  const indexes = new Map<string, RuleIndex<Watched>>();
  const watchedOf = new Map<string, readonly Watched[]>();
  const last = new Map<string, Sample>();

  function indexOf(symbol: string): RuleIndex<Watched> {
    const index = indexes.get(symbol) ?? createRuleIndex<Watched>();
    indexes.set(symbol, index);
    return index;
  }

  function disarm(monitorId: string): void {
    for (const watched of watchedOf.get(monitorId) ?? []) {
      const { symbol } = watched.armed.monitor;
      const index = indexOf(symbol);
      for (const edge of edgesOf(watched.rule)) index.remove(edge, watched);
      if (index.size === 0) indexes.delete(symbol);
    }
    watchedOf.delete(monitorId);
  }

  return {
    arm(armed) {
      const { id, symbol, enabled, rules } = armed.monitor;
      disarm(id);
      if (!enabled) return;
      const watched = rules.map((rule) => ({ armed, rule }));
      watchedOf.set(id, watched);
      for (const entry of watched) {
        for (const edge of edgesOf(entry.rule)) indexOf(symbol).add(edge, entry);
      }
    },
    disarm,
    evaluate({ symbol, price, at }) {
      const previous = last.get(symbol);
      if (previous && at <= previous.at) return [];
      last.set(symbol, { symbol, price, at });
      if (!previous) return [];
      const met = indexes.get(symbol)?.met({ previous: previous.price, current: price }) ?? [];
      return met
        .filter(({ item }) => item.armed.armedAt === null || at > item.armed.armedAt)
        .map(({ item, level }) => ({
          monitor: item.armed.monitor,
          rule: item.rule,
          level,
          price,
          previousPrice: previous.price,
          at,
        }));
    },
    lastSample: (symbol) => last.get(symbol),
    samples: () => [...last.values()],
    restore(samples) {
      for (const sample of samples) last.set(sample.symbol, sample);
    },
    get size() {
      return watchedOf.size;
    },
  };
}
