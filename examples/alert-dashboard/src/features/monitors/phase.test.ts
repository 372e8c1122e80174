import { newMonitor, type RuleState } from "@tocsin/protocol/alerts";
import type { MonitorView } from "@tocsin-example/alert-contract/rest";
import { expect, test } from "vitest";
import { phaseOf, snoozedUntil } from "./phase.js";

const state = (ruleId: string, over: Partial<RuleState> = {}): RuleState => ({
  monitorId: "m1",
  ruleId,
  phase: "firing",
  since: 1,
  pendingSince: null,
  firedAt: 1,
  firedPrice: 1,
  snoozedUntil: null,
  spent: false,
  ...over,
});
const monitor = (states: RuleState[], enabled = true): MonitorView => ({
  ...newMonitor.parse({
    symbol: "SPX",
    enabled,
    rules: [
      { kind: "take-profit", price: 2 },
      { kind: "stop-loss", price: 1 },
    ],
  }),
  id: "m1",
  userId: "demo",
  version: 1,
  createdAt: 0,
  updatedAt: 0,
  states,
});

test("a rule is as it was last seen, unless something keeps it quiet", () => {
  expect(phaseOf(monitor([state("stop-loss")]), "stop-loss", 5)).toBe("firing");
  expect(phaseOf(monitor([state("stop-loss")], false), "stop-loss", 5)).toBe("off");
  expect(phaseOf(monitor([state("stop-loss", { spent: true })]), "stop-loss", 5)).toBe("spent");
  expect(phaseOf(monitor([]), "stop-loss", 5)).toBe("inactive");
});

test("a snooze counts until its market time, and while that is not known", () => {
  const quiet = monitor([state("stop-loss", { snoozedUntil: 10 })]);
  expect(phaseOf(quiet, "stop-loss", 9)).toBe("snoozed");
  expect(phaseOf(quiet, "stop-loss", 10)).toBe("firing");
  expect(phaseOf(quiet, "stop-loss", null)).toBe("snoozed");
});

test("a monitor is snoozed when all of its rules are, until the first of them wakes", () => {
  const one = state("stop-loss", { snoozedUntil: 10 });
  const other = state("take-profit", { snoozedUntil: 20 });
  expect(snoozedUntil(monitor([one, other]), 5)).toBe(10);
  expect(snoozedUntil(monitor([one, other]), 15)).toBeUndefined();
  expect(snoozedUntil(monitor([one]), 5)).toBeUndefined();
});
