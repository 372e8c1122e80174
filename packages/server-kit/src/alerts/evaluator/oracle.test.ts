import type { AlertRule, NewRuleInput } from "@tocsin/protocol/alerts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { monitorWith, ruleOf, tickOf, words } from "../../../test/support/rules.js";
import type { Transition } from "../transition.js";
import { createEvaluator } from "./create-evaluator.js";

/** What a rule means, said a second time and without any index: whether it holds, and whether it may be quiet. */
function meaning(rule: AlertRule): {
  holds(price: number): boolean;
  quiet(price: number): boolean;
} {
  const part = "hysteresis" in rule ? rule.hysteresis / 100 : 0;
  const up = (level: number, clear: number | null) => ({
    holds: (price: number) => price >= level,
    quiet: (price: number) => price < (clear ?? level * (1 - part)),
  });
  const down = (level: number, clear: number | null) => ({
    holds: (price: number) => price <= level,
    quiet: (price: number) => price > (clear ?? level * (1 + part)),
  });
  switch (rule.kind) {
    case "entry-range": {
      const slack = part * (rule.high - rule.low);
      return {
        holds: (price) => price >= rule.low && price <= rule.high,
        quiet: (price) => price < rule.low - slack || price > rule.high + slack,
      };
    }
    case "take-profit":
      return (rule.side === "long" ? up : down)(rule.price, rule.clear);
    case "stop-loss":
      return (rule.side === "long" ? down : up)(rule.price, rule.clear);
    case "threshold":
      return (rule.when === "above" ? up : down)(rule.price, rule.clear);
    case "crossing":
      return (rule.direction === "up" ? up : down)(rule.price, rule.clear);
    default:
      throw new Error(`not a rule about prices: ${rule.kind}`);
  }
}

/** One rule, one list of prices at the times 1, 2, 3…, looked at one by one. */
function naive(rule: AlertRule, prices: readonly number[]): string[] {
  const { holds, quiet } = meaning(rule);
  const told: string[] = [];
  const tell = (what: string, at: number) => told.push(`${what} ${rule.id} @${at}`);
  let phase: "held" | "inactive" | "pending" | "firing" = "inactive";
  let since = 0;
  for (const [index, price] of prices.entries()) {
    const at = index + 1;
    const previous = prices[index - 1];
    if (index === 0 && rule.kind !== "threshold" && holds(price)) phase = "held";
    if (phase === "pending" && at > since + rule.forMs) {
      tell("fired", since + rule.forMs);
      phase = "firing";
    }
    const across =
      rule.kind === "entry-range" &&
      previous !== undefined &&
      Math.min(previous, price) < rule.low &&
      Math.max(previous, price) > rule.high;
    if (phase === "held") {
      if (!holds(price)) phase = "inactive";
    } else if (phase === "pending") {
      if (!holds(price)) {
        tell("lapsed", at);
        phase = "inactive";
      }
    } else if (phase === "inactive" && (holds(price) || (across && rule.forMs === 0))) {
      since = at;
      tell(rule.forMs > 0 ? "pending" : "fired", at);
      phase = rule.forMs > 0 ? "pending" : "firing";
      if (phase === "firing" && quiet(price)) {
        tell("resolved", at);
        phase = "inactive";
      }
    } else if (phase === "firing" && quiet(price)) {
      tell("resolved", at);
      phase = "inactive";
    }
    if (phase === "pending" && at === since + rule.forMs) {
      tell("fired", at);
      phase = "firing";
    }
  }
  return told;
}

const price = fc.integer({ min: 1, max: 12 });
const forMs = fc.constantFrom(0, 0, 1, 3);
const hysteresis = fc.constantFrom(0, 0, 25);
const common = { forMs, hysteresis };

const anyRule: fc.Arbitrary<NewRuleInput> = fc.oneof(
  fc
    .record({ low: price, more: fc.integer({ min: 1, max: 4 }), ...common })
    .map(({ low, more, ...rest }) => ({
      kind: "entry-range" as const,
      low,
      high: low + more,
      ...rest,
    })),
  fc.record({
    kind: fc.constantFrom("take-profit" as const, "stop-loss" as const),
    price,
    side: fc.constantFrom("long" as const, "short" as const),
    ...common,
  }),
  fc.record({
    kind: fc.constant("threshold" as const),
    when: fc.constantFrom("above" as const, "below" as const),
    price,
    ...common,
  }),
  fc.record({
    kind: fc.constant("crossing" as const),
    direction: fc.constantFrom("up" as const, "down" as const),
    price,
    ...common,
  }),
);

const prices = fc.array(
  fc.integer({ min: 0, max: 13 }).map((n) => n + 0.5 * (n % 2)),
  {
    minLength: 1,
    maxLength: 40,
  },
);

describe("the evaluator", () => {
  it("finds what a naive reading of each rule finds, however many rules share a symbol", () => {
    fc.assert(
      fc.property(fc.array(anyRule, { minLength: 1, maxLength: 30 }), prices, (rules, run) => {
        const evaluator = createEvaluator();
        const all = rules.map((rule, index) => ruleOf({ ...rule, id: `r${index}` }));
        for (const rule of all) {
          const monitor = monitorWith([rule], { id: rule.id });
          evaluator.arm({ monitor, armedAt: null });
        }
        const found: Transition[] = [];
        for (const [index, now] of run.entries()) {
          // A price of 0 stands for nothing but a very low one; ticks have prices above 0.
          found.push(...evaluator.evaluate(tickOf(index + 1, now || 0.25)));
        }
        for (const rule of all) {
          const mine = found.filter(({ monitor }) => monitor.id === rule.id).map(words);
          expect(mine).toEqual(
            naive(
              rule,
              run.map((now) => now || 0.25),
            ),
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  it("follows each fire with one resolve, and fires only what it may (any rule, any gaps in time)", () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), price), { maxLength: 60 });
    fc.assert(
      fc.property(anyRule, gaps, (input, run) => {
        const evaluator = createEvaluator({ staleAfterMs: () => 7 });
        const monitor = monitorWith([input]);
        evaluator.arm({ monitor, armedAt: null });
        let at = 0;
        let open = false;
        let last = 0;
        for (const [gap, now] of run) {
          at += gap;
          for (const transition of evaluator.evaluate(tickOf(at, now))) {
            if (!("rule" in transition)) continue;
            expect(transition.seen.at).toBeGreaterThanOrEqual(last);
            last = transition.seen.at;
            if (transition.type === "fired") expect(open).toBe(false);
            if (transition.type === "resolved") expect(open).toBe(true);
            if (transition.type === "fired") open = true;
            if (transition.type === "resolved") open = false;
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
