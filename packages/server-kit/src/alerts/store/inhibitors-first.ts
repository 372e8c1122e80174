import type { RuleTransition, Transition } from "../transition.js";
import { ruleKey } from "./ledger.js";

/**
 * Of the transitions of one time, puts those first that may keep others of their monitor quiet: a stop-loss that is
 * reached by the same tick as the warning before it. All else, and all of one rule, stays in order.
 */
export function inhibitorsFirst(transitions: readonly Transition[]): readonly Transition[] {
  const ordered: Transition[] = [];
  let from = 0;
  for (const [index, transition] of transitions.entries()) {
    const next = transitions[index + 1];
    if (next && timeOf(next) === timeOf(transition)) continue;
    ordered.push(...ofOneTime(transitions.slice(from, index + 1)));
    from = index + 1;
  }
  return ordered;
}

const timeOf = (transition: Transition) =>
  "rule" in transition ? transition.seen.at : transition.at;

function ofOneTime(transitions: readonly Transition[]): Iterable<Transition> {
  const byRule = new Map<string, RuleTransition[]>();
  for (const transition of transitions) {
    if (!("rule" in transition)) continue;
    const key = ruleKey(transition.monitor.id, transition.rule.id);
    byRule.set(key, [...(byRule.get(key) ?? []), transition]);
  }
  const placed = new Set<Transition>();
  /** `waiting` are the rules that wait for this one; two that inhibit each other stay in order. */
  const place = (transition: Transition, waiting: readonly string[]): void => {
    if (placed.has(transition)) return;
    if (transition.type === "fired") {
      const { monitor, rule } = transition;
      const path = [...waiting, ruleKey(monitor.id, rule.id)];
      for (const id of rule.inhibitedBy) {
        const key = ruleKey(monitor.id, id);
        if (path.includes(key)) continue;
        for (const inhibitor of byRule.get(key) ?? []) place(inhibitor, path);
      }
    }
    placed.add(transition);
  };
  for (const transition of transitions) place(transition, []);
  return placed;
}
