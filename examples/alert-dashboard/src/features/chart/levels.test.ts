import { type NewRuleInput, newMonitor } from "@tocsin/protocol/alerts";
import type { MonitorView } from "@tocsin-example/alert-contract/rest";
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyRule } from "../monitors/rule-draft.js";
import { draftLevels, levelsOf, roundPrice, stepOf } from "./levels.js";

const monitor = (
  id: string,
  rules: NewRuleInput[],
  over: Partial<MonitorView> = {},
): MonitorView => ({
  ...newMonitor.parse({ symbol: "SPX", rules }),
  id,
  userId: "demo",
  version: 1,
  createdAt: 0,
  updatedAt: 0,
  states: [],
  ...over,
});

test("every price of every rule is a level, those of other symbols and of the edited monitor are not", () => {
  const monitors = [
    monitor("m1", [
      { kind: "entry-range", low: 90, high: 95 },
      { kind: "take-profit", price: 120, clear: 115 },
      { kind: "percent-change", percent: 2, windowMs: 60_000 },
    ]),
    monitor("m2", [{ kind: "stop-loss", price: 80 }], { symbol: "MSFT" }),
    monitor("m3", [{ kind: "stop-loss", price: 80 }]),
  ];
  const found = levelsOf(monitors, "SPX", "m3").map(({ key, price }) => [key, price]);
  expect(found).toEqual([
    ["m1:entry-range:low", 90],
    ["m1:entry-range:high", 95],
    ["m1:take-profit:clear", 115],
    ["m1:take-profit:price", 120],
  ]);
});

test("a level knows whether its rule fires, and whether it can fire at all", () => {
  const state = {
    monitorId: "m1",
    ruleId: "stop-loss",
    phase: "firing" as const,
    since: 1,
    pendingSince: null,
    firedAt: 1,
    firedPrice: 80,
    snoozedUntil: null,
    spent: false,
  };
  const rules: NewRuleInput[] = [{ kind: "stop-loss", price: 80 }];
  const [firing] = levelsOf([monitor("m1", rules, { states: [state] })], "SPX", undefined);
  expect(firing).toMatchObject({ firing: true, enabled: true });
  const spent = { ...state, phase: "inactive" as const, spent: true };
  const [over] = levelsOf([monitor("m1", rules, { states: [spent] })], "SPX", undefined);
  expect(over).toMatchObject({ firing: false, enabled: false });
});

test("levels of the editor follow what is typed, as far as it is a price", () => {
  const rules = [
    emptyRule("entry-range", { low: "1,200", high: "abc", price: "5" }),
    emptyRule("threshold", { price: "-3" }),
    emptyRule("percent-change", { price: "7" }),
    emptyRule("crossing", { price: "8" }),
  ];
  expect(draftLevels(rules).map(({ rule, field, price }) => [rule, field, price])).toEqual([
    [0, "low", 1_200],
    [3, "price", 8],
  ]);
});

test("a step is about a thousandth of the price, and rounding moves less than a step", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e7, noNaN: true }), (price) => {
      expect(stepOf(price)).toBeLessThanOrEqual((price / 1_000) * (1 + 1e-9));
      expect(stepOf(price)).toBeGreaterThan(price / 5_001);
      expect(Math.abs(roundPrice(price) - price)).toBeLessThan(stepOf(price));
    }),
  );
});
