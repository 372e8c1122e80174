import type { Monitor, Tick } from "@tocsin/protocol/alerts";
import type { Evaluator } from "../evaluator/evaluator.js";

/** Where the past comes from. */
export type Past = (symbol: string, from: number, to: number) => Iterable<Tick>;

/** How far back the rules of a monitor look, milliseconds; 0 when none does. */
export function longestWindow({ rules }: Pick<Monitor, "rules">): number {
  const windows = rules.map((rule) => {
    switch (rule.kind) {
      case "percent-change":
      case "range-breakout":
        return rule.windowMs;
      case "volume-spike":
        return rule.barMs * (rule.bars + 2);
      default:
        return 0;
    }
  });
  return Math.max(0, ...windows);
}

/** Fills the windows of a monitor's rules with what its symbol did before. */
export function warmUp(
  evaluator: Pick<Evaluator, "warm" | "lastSample">,
  monitor: Monitor,
  past: Past,
): void {
  const windowMs = longestWindow(monitor);
  const last = evaluator.lastSample(monitor.symbol);
  if (windowMs === 0 || last === undefined) return;
  // One window more: the price a window ago is that of the last tick before it.
  for (const tick of past(monitor.symbol, last.at - 2 * windowMs, last.at)) evaluator.warm(tick);
}
