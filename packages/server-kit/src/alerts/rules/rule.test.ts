import type { AlertRule } from "@tocsin/protocol/alerts";
import { describe, expect, it } from "vitest";
import { entryRange, stopLoss, takeProfit } from "../../../test/support/alerts.js";
import { describeRule, levelMet } from "./rule.js";

type Case = [what: string, rule: AlertRule, previous: number, current: number, level?: number];

const cases: Case[] = [
  ["a long target is met rising", takeProfit(105), 104, 106, 105],
  ["a long target is met by arriving exactly at it", takeProfit(105), 104, 105, 105],
  ["resting on a long target is not meeting it again", takeProfit(105), 105, 105],
  ["leaving a long target upwards is not meeting it (trap 1)", takeProfit(105), 105, 107],
  ["a price beyond a long target never meets it (trap 1)", takeProfit(105), 106, 108],
  ["falling through a long target is not meeting it", takeProfit(105), 106, 104],
  ["a jump far across a long target meets it (trap 1)", takeProfit(105), 50, 500, 105],
  ["a short target is met falling", takeProfit(95, "short"), 96, 94, 95],
  ["a short target is met by arriving exactly at it", takeProfit(95, "short"), 96, 95, 95],
  ["a price below a short target never meets it (trap 1)", takeProfit(95, "short"), 94, 90],
  ["rising through a short target is not meeting it", takeProfit(95, "short"), 94, 96],
  ["a long stop is met falling", stopLoss(95), 96, 94, 95],
  ["a long stop is met by a gap across it (trap 1)", stopLoss(95), 120, 60, 95],
  ["a price below a long stop never meets it (trap 1)", stopLoss(95), 94, 93],
  ["a short stop is met rising", stopLoss(105, "short"), 104, 105, 105],
  ["a price above a short stop never meets it (trap 1)", stopLoss(105, "short"), 106, 107],
  ["a range is entered from below", entryRange(100, 110), 99, 105, 100],
  ["a range is entered from above", entryRange(100, 110), 112, 105, 110],
  ["a range is entered by touching its lower bound", entryRange(100, 110), 99, 100, 100],
  ["a range is entered by touching its upper bound", entryRange(100, 110), 111, 110, 110],
  ["moving inside a range is not entering it (trap 1)", entryRange(100, 110), 101, 109],
  ["moving off a bound into the range is not entering it", entryRange(100, 110), 100, 105],
  ["leaving a range is not entering it", entryRange(100, 110), 105, 111],
  ["staying outside a range is not entering it", entryRange(100, 110), 90, 99],
  ["a rise right across a range passed through it", entryRange(100, 110), 90, 120, 100],
  ["a fall right across a range passed through it", entryRange(100, 110), 120, 90, 110],
];

describe("levelMet", () => {
  it.each(cases)("%s", (_, rule, previous, current, level) => {
    expect(levelMet(rule, { previous, current })).toBe(level);
  });
});

describe("describeRule", () => {
  it("names the levels of each kind", () => {
    expect(describeRule(takeProfit(105))).toBe("reached the long take-profit target 105");
    expect(describeRule(stopLoss(95, "short"))).toBe("reached the short stop-loss level 95");
    expect(describeRule(entryRange(100, 110))).toBe("entered the range 100 to 110");
  });
});
