import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  entryRange,
  monitorOf,
  NOON,
  stopLoss,
  takeProfit,
  tickAt,
} from "../../test/support/alerts.js";
import { createEvaluator, type Evaluator } from "./evaluator.js";
import { levelMet } from "./rules/rule.js";

/** Sends prices one second apart, beginning a second after the last; returns the kinds that fired. */
function sender(evaluator: Evaluator, symbol = "SPX") {
  return (...prices: number[]): string[] =>
    prices.flatMap((price) => {
      const at = (evaluator.lastSample(symbol)?.at ?? NOON) + 1_000;
      return evaluator.evaluate(tickAt(price, at, symbol)).map(({ rule }) => rule.kind);
    });
}

describe("createEvaluator", () => {
  it("needs a prior sample: the first tick of a symbol fires nothing (trap 1)", () => {
    const evaluator = createEvaluator();
    evaluator.arm({ monitor: monitorOf([takeProfit(105)]), armedAt: null });
    const send = sender(evaluator);
    expect(send(106)).toEqual([]);
    expect(send(104, 106)).toEqual(["take-profit"]);
  });

  it("starts a new monitor from the price of the moment: the very next tick may fire", () => {
    const evaluator = createEvaluator();
    const send = sender(evaluator);
    send(100);
    evaluator.arm({ monitor: monitorOf([takeProfit(105)]), armedAt: NOON + 1_000 });
    expect(send(110)).toEqual(["take-profit"]);
  });

  it("keeps a monitor quiet that was armed beyond its level until the price came back (trap 1)", () => {
    const evaluator = createEvaluator();
    const send = sender(evaluator);
    send(110);
    evaluator.arm({ monitor: monitorOf([takeProfit(105)]), armedAt: NOON + 1_000 });
    expect(send(111, 112, 104)).toEqual([]);
    expect(send(105)).toEqual(["take-profit"]);
  });

  it("says which level, which prices and which market time", () => {
    const evaluator = createEvaluator();
    const monitor = monitorOf([takeProfit(105)]);
    evaluator.arm({ monitor, armedAt: null });
    evaluator.evaluate(tickAt(100, NOON));
    expect(evaluator.evaluate(tickAt(107, NOON + 5))).toEqual([
      {
        monitor,
        rule: takeProfit(105),
        level: 105,
        price: 107,
        previousPrice: 100,
        at: NOON + 5,
      },
    ]);
  });

  it("fires every rule of a monitor that one gap meets", () => {
    const evaluator = createEvaluator();
    evaluator.arm({
      monitor: monitorOf([takeProfit(105), stopLoss(120, "short"), entryRange(101, 102)]),
      armedAt: null,
    });
    expect(sender(evaluator)(100, 130)).toEqual(["entry-range", "take-profit", "stop-loss"]);
  });

  it("ignores ticks that are late or repeated, and goes on from the newest", () => {
    const evaluator = createEvaluator();
    evaluator.arm({ monitor: monitorOf([takeProfit(105)]), armedAt: null });
    evaluator.evaluate(tickAt(100, NOON));
    expect(evaluator.evaluate(tickAt(110, NOON))).toEqual([]);
    expect(evaluator.evaluate(tickAt(110, NOON - 1))).toEqual([]);
    expect(evaluator.lastSample("SPX")).toEqual({ symbol: "SPX", price: 100, at: NOON });
  });

  it("keeps symbols apart, also one named __proto__ (A33)", () => {
    const evaluator = createEvaluator();
    const monitor = monitorOf([takeProfit(105)], { symbol: "__proto__" });
    evaluator.arm({ monitor, armedAt: null });
    expect(sender(evaluator, "SPX")(100, 110)).toEqual([]);
    expect(sender(evaluator, "__proto__")(100, 110)).toEqual(["take-profit"]);
  });

  it("starts again when a monitor is changed, and forgets the old levels", () => {
    const evaluator = createEvaluator();
    const send = sender(evaluator);
    evaluator.arm({ monitor: monitorOf([takeProfit(105)]), armedAt: null });
    send(100);
    evaluator.arm({ monitor: monitorOf([takeProfit(120)], { version: 2 }), armedAt: NOON + 1_000 });
    expect(send(110)).toEqual([]);
    expect(send(120)).toEqual(["take-profit"]);
    expect(evaluator.size).toBe(1);
  });

  it("does not fire a monitor on ticks from before it was armed, when a replay goes over them again", () => {
    const evaluator = createEvaluator();
    evaluator.restore([{ symbol: "SPX", price: 100, at: NOON }]);
    // Armed at 110, beyond its level; then the process died and the replay begins before that.
    evaluator.arm({ monitor: monitorOf([takeProfit(105)]), armedAt: NOON + 1_000 });
    expect(evaluator.evaluate(tickAt(110, NOON + 1_000))).toEqual([]);
    expect(sender(evaluator)(104, 106)).toEqual(["take-profit"]);
  });

  it("does not watch a disabled or removed monitor", () => {
    const evaluator = createEvaluator();
    const send = sender(evaluator);
    evaluator.arm({ monitor: monitorOf([takeProfit(105)], { enabled: false }), armedAt: null });
    expect(send(100, 110)).toEqual([]);
    evaluator.arm({ monitor: monitorOf([takeProfit(105)]), armedAt: null });
    evaluator.disarm("m1");
    evaluator.disarm("m1");
    expect(send(100, 110)).toEqual([]);
    expect(evaluator.size).toBe(0);
  });

  it("goes on after a restart from the last prices, so a gap over the pause fires (trap 1)", () => {
    const before = createEvaluator();
    sender(before)(100);
    const after = createEvaluator();
    after.restore(before.samples());
    after.arm({ monitor: monitorOf([takeProfit(105)]), armedAt: null });
    expect(sender(after)(110)).toEqual(["take-profit"]);
  });

  it("fires what a look at every monitor at every tick would fire", () => {
    const level = fc.integer({ min: 1, max: 9 });
    const rule = fc.oneof(
      fc
        .tuple(level, fc.constantFrom("long" as const, "short" as const))
        .map((a) => takeProfit(...a)),
      fc
        .tuple(level, fc.constantFrom("long" as const, "short" as const))
        .map((a) => stopLoss(...a)),
      fc.tuple(level, level).map(([a, b]) => entryRange(Math.min(a, b), Math.max(a, b) + 1)),
    );
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 20 }),
        fc.array(level, { maxLength: 30 }),
        (rules, prices) => {
          const evaluator = createEvaluator();
          for (const [index, one] of rules.entries()) {
            evaluator.arm({ monitor: monitorOf([one], { id: `${index}` }), armedAt: null });
          }
          for (const [index, current] of prices.entries()) {
            const previous = prices[index - 1];
            const naive = rules.flatMap((one, id) =>
              previous !== undefined && levelMet(one, { previous, current }) !== undefined
                ? [`${id}`]
                : [],
            );
            const fired = evaluator
              .evaluate(tickAt(current, NOON + index))
              .map(({ monitor }) => monitor.id);
            expect(fired.sort()).toEqual(naive.sort());
          }
        },
      ),
    );
  });
});
