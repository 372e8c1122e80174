/** The one place that knows how the evaluator of alerts is called. */
import { type Monitor, newMonitor } from "@tocsin/protocol/alerts";
import { createEvaluator } from "@tocsin/server-kit/alerts";

/** A price level that somebody watches. */
export interface Level {
  readonly symbol: string;
  readonly price: number;
  /** From below, or from above. */
  readonly from: "below" | "above";
}

/** An evaluator that watches some levels. */
export interface Watch {
  readonly size: number;
  /** One price; returns how many rules it moved. */
  tick(symbol: string, price: number, at: number): number;
}

/** Watches levels, one monitor each. */
export function watchLevels(levels: Iterable<Level>): Watch {
  const evaluator = createEvaluator();
  const make = {
    below: maker("take-profit"),
    above: maker("stop-loss"),
  };
  let serial = 0;
  for (const { symbol, price, from } of levels) {
    serial += 1;
    evaluator.arm({ monitor: make[from](`m${serial}`, symbol, price), armedAt: null });
  }
  return {
    get size() {
      return evaluator.size;
    },
    tick: (symbol, price, at) => evaluator.evaluate({ symbol, price, volume: 0, at }).length,
  };
}

/** Checking a million monitors against their schema takes longer than the rest: one is checked, and varied. */
function maker(kind: "take-profit" | "stop-loss") {
  const sample = newMonitor.parse({ symbol: "S", rules: [{ kind, price: 1, side: "long" }] });
  const [rule] = sample.rules;
  if (rule?.kind !== kind) throw new Error("a monitor lost its rule");
  const same = { ...sample, userId: "u", version: 1, createdAt: 0, updatedAt: 0 };
  return (id: string, symbol: string, price: number): Monitor => ({
    ...same,
    id,
    symbol,
    rules: [{ ...rule, price }],
  });
}
