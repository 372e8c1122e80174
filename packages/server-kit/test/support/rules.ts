import {
  type AlertRule,
  type Monitor,
  type NewRuleInput,
  newMonitor,
  type Tick,
  tick,
} from "@tocsin/protocol/alerts";
import { createEvaluator } from "../../src/alerts/evaluator/create-evaluator.js";
import type { EvaluatorOptions } from "../../src/alerts/evaluator/evaluator.js";
import type { RuleMemory, Transition } from "../../src/alerts/transition.js";

/** A monitor as the service would make it of what a user wrote. */
export function monitorWith(
  rules: readonly NewRuleInput[],
  changes: Partial<Monitor> = {},
): Monitor {
  const input = newMonitor.parse({ symbol: "SPX", rules: [...rules] });
  return { ...input, id: "m1", userId: "ada", version: 1, createdAt: 0, updatedAt: 0, ...changes };
}

/** One rule with its defaults. */
export function ruleOf(rule: NewRuleInput): AlertRule {
  const [made] = monitorWith([rule]).rules;
  if (made === undefined) throw new Error("a monitor without rules");
  return made;
}

/** A tick; times in tests are small numbers. */
export function tickOf(at: number, price: number, more: Partial<Tick> = {}): Tick {
  return tick.parse({ symbol: "SPX", price, at, ...more });
}

/** A transition in a few words: `fired threshold @3`. */
export function words(transition: Transition): string {
  return "rule" in transition
    ? `${transition.type} ${transition.rule.id} @${transition.seen.at}`
    : `${transition.type} ${transition.monitor.id} @${transition.at}`;
}

/** Arms one monitor and says what a run of `[at, price]` moves, in words. */
export function scene(
  rules: readonly NewRuleInput[],
  {
    before = [],
    memory = [],
    armedAt = null,
    ...options
  }: EvaluatorOptions & {
    readonly before?: readonly (readonly [at: number, price: number])[];
    readonly memory?: readonly RuleMemory[];
    readonly armedAt?: number | null;
  } = {},
) {
  const evaluator = createEvaluator(options);
  const monitor = monitorWith(rules);
  for (const [at, price] of before) evaluator.evaluate(tickOf(at, price));
  evaluator.arm({ monitor, armedAt }, memory);
  return {
    evaluator,
    monitor,
    play: (...ticks: readonly (readonly [at: number, price: number, more?: Partial<Tick>])[]) =>
      ticks.flatMap(([at, price, more]) => evaluator.evaluate(tickOf(at, price, more)).map(words)),
    pass: (at: number) => evaluator.advance(at).map(words),
  };
}
