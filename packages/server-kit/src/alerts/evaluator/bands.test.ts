import type { NewRuleInput } from "@tocsin/protocol/alerts";
import { describe, expect, it } from "vitest";
import { scene } from "../../../test/support/rules.js";

const target = (price: number, more = {}): NewRuleInput => ({
  kind: "take-profit",
  price,
  ...more,
});
const stop = (price: number, more = {}): NewRuleInput => ({ kind: "stop-loss", price, ...more });
const range = (low: number, high: number, more = {}): NewRuleInput => ({
  kind: "entry-range",
  low,
  high,
  ...more,
});
const short = { side: "short" } as const;
const above = (price: number, more = {}): NewRuleInput => ({
  kind: "threshold",
  when: "above",
  price,
  ...more,
});

type Case = [what: string, rule: NewRuleInput, prices: number[], moves: string[]];

const moves: Case[] = [
  ["a long target is met rising", target(105), [104, 106], ["fired 2"]],
  ["a long target is met by arriving exactly at it", target(105), [104, 105], ["fired 2"]],
  ["resting on a long target is not meeting it again", target(105), [104, 105, 105], ["fired 2"]],
  ["a price beyond a long target never meets it (trap 1)", target(105), [106, 108], []],
  ["falling through a long target is not meeting it", target(105), [106, 104], []],
  ["once it has been back it is met", target(105), [106, 104, 105], ["fired 3"]],
  ["a jump far across a long target meets it (trap 1)", target(105), [50, 500], ["fired 2"]],
  ["a short target is met falling", target(95, short), [96, 94], ["fired 2"]],
  ["a price below a short target never meets it", target(95, short), [94, 90], []],
  ["a long stop is met falling", stop(95), [96, 94], ["fired 2"]],
  ["a long stop is met by a gap across it (trap 1)", stop(95), [120, 60], ["fired 2"]],
  ["a price below a long stop never meets it", stop(95), [94, 93], []],
  ["a short stop is met rising", stop(105, short), [104, 105], ["fired 2"]],
  ["a range is entered from below", range(100, 110), [99, 105], ["fired 2"]],
  ["a range is entered from above", range(100, 110), [112, 105], ["fired 2"]],
  ["a range is entered by touching its upper bound", range(100, 110), [111, 110], ["fired 2"]],
  ["moving inside a range is not entering it", range(100, 110), [101, 109], []],
  ["leaving a range resolves it", range(100, 110), [99, 105, 111], ["fired 2", "resolved 3"]],
  [
    "a rise right across a range passed through it, and is over",
    range(100, 110),
    [90, 120],
    ["fired 2", "resolved 2"],
  ],
  [
    "with hysteresis, a price that is just past the range still fires",
    range(100, 110, { hysteresis: 10 }),
    [99, 110.5, 111.5],
    ["fired 2", "resolved 3"],
  ],
  ["a threshold fires at once, wherever the price was (trap 1)", above(100), [105], ["fired 1"]],
  [
    "a threshold is quiet when the price is back, and fires again",
    above(100),
    [99, 100, 99.9, 101],
    ["fired 2", "resolved 3", "fired 4"],
  ],
  [
    "breach at 1, clear at 2: one fire and one recovery (trap 7)",
    above(100, { clear: 95 }),
    [99, 101, 99, 101, 96, 102, 94, 99],
    ["fired 2", "resolved 7"],
  ],
  [
    "hysteresis in percent clears as far below the level",
    above(100, { hysteresis: 2 }),
    [101, 98, 97.9],
    ["fired 1", "resolved 3"],
  ],
  [
    "a crossing needs a price on the other side first",
    { kind: "crossing", direction: "up", price: 100 },
    [101, 102, 99, 100],
    ["fired 4"],
  ],
  [
    "a crossing down is met by a gap",
    { kind: "crossing", direction: "down", price: 100 },
    [150, 50],
    ["fired 2"],
  ],
  [
    "a condition that holds for as long as asked fires when the time is over",
    target(105, { forMs: 3 }),
    [104, 106, 107, 106, 108, 108],
    ["pending 2", "fired 5"],
  ],
  [
    "one miss ends a pending rule (trap 7)",
    target(105, { forMs: 3 }),
    [104, 106, 104, 106, 106],
    ["pending 2", "lapsed 3", "pending 4"],
  ],
  [
    "a miss within the hysteresis ends a pending rule as well",
    above(100, { forMs: 3, clear: 95 }),
    [101, 99, 101],
    ["pending 1", "lapsed 2", "pending 3"],
  ],
  [
    "a miss at the very moment it would fire is a miss",
    target(105, { forMs: 3 }),
    [104, 106, 106, 106, 104],
    ["pending 2", "lapsed 5"],
  ],
  ["passing through does not start to wait", range(100, 110, { forMs: 1 }), [90, 120], []],
];

describe("a rule that names prices", () => {
  it.each(moves)("%s", (_, rule, prices, expected) => {
    const { play } = scene([rule]);
    const told = play(...prices.map((price, index) => [index + 1, price] as const));
    expect(told.map((text) => text.replace(/ \S+ @/, " "))).toEqual(expected);
  });

  it("is only fired by what comes after it was armed, also when older ticks are played again", () => {
    const { play } = scene([target(105)], { armedAt: 3 });
    expect(play([1, 104], [2, 106], [3, 104], [4, 106])).toEqual(["fired take-profit @4"]);
  });

  it("starts from the price its symbol has", () => {
    const { play } = scene([target(105)], { before: [[1, 104]] });
    expect(play([2, 106])).toEqual(["fired take-profit @2"]);
  });

  it("does not hear of the rules beside it", () => {
    const { play } = scene([target(110), stop(90), range(98, 102)], { before: [[1, 105]] });
    expect(play([2, 112], [3, 88])).toEqual([
      "fired take-profit @2",
      "resolved take-profit @3",
      "fired entry-range @3",
      "resolved entry-range @3",
      "fired stop-loss @3",
    ]);
  });

  it("ignores a tick that is not later than the last", () => {
    const { play } = scene([target(105)], { before: [[5, 104]] });
    expect(play([5, 106], [4, 106], [6, 104])).toEqual([]);
  });
});
