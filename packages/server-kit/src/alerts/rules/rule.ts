import type { AlertRule } from "@tocsin/protocol/alerts";
import { type Edge, type Move, meets } from "./edge.js";
import { entryRangeEdges, entryRangeText } from "./entry-range.js";
import { stopLossEdges, stopLossText } from "./stop-loss.js";
import { takeProfitEdges, takeProfitText } from "./take-profit.js";

/** The edges a rule watches. One move meets at most one of them. */
export function edgesOf(rule: AlertRule): readonly Edge[] {
  switch (rule.kind) {
    case "entry-range":
      return entryRangeEdges(rule);
    case "take-profit":
      return takeProfitEdges(rule);
    case "stop-loss":
      return stopLossEdges(rule);
    default:
      return rule satisfies never;
  }
}

/** What to say when a rule fired, as the rest of a sentence that begins with the symbol. */
export function describeRule(rule: AlertRule): string {
  switch (rule.kind) {
    case "entry-range":
      return entryRangeText(rule);
    case "take-profit":
      return takeProfitText(rule);
    case "stop-loss":
      return stopLossText(rule);
    default:
      return rule satisfies never;
  }
}

/** The level a move met, or `undefined` when the rule stays quiet. */
export function levelMet(rule: AlertRule, move: Move): number | undefined {
  return edgesOf(rule).find((edge) => meets(edge, move))?.level;
}
