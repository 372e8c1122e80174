import { describe, expect, it } from "vitest";
import { createFreshness } from "./freshness.js";

describe("createFreshness", () => {
  it("counts silence from when a symbol is expected, and from each sign of life", () => {
    const freshness = createFreshness({ staleAfterMs: 100 }, 0);
    freshness.expect("A", 1_000);
    expect(freshness.stale(1_100)).toEqual([]);
    expect(freshness.stale(1_101)).toEqual(["A"]);
    freshness.seen("A", 1_101, 1_101);
    freshness.expect("A", 5_000);
    expect(freshness.stale(1_201)).toEqual([]);
    expect(freshness.stale(1_202)).toEqual(["A"]);
    freshness.expectAll(2_000);
    expect(freshness.stale(2_100)).toEqual([]);
    freshness.forget("A");
    expect(freshness.stale(9_999)).toEqual([]);
  });

  it("takes the same moment sent again for silence (trap 6), and a moment to come for now", () => {
    const freshness = createFreshness({}, 100);
    freshness.seen("A", 1_000, 1_000);
    freshness.seen("A", 1_000, 1_150);
    expect(freshness.isStale("A", 1_150)).toBe(true);
    freshness.seen("A", 9_000, 2_000);
    expect(freshness.isStale("A", 2_101)).toBe(true);
  });

  it("has a patience for each symbol, and counts from a later moment when told to", () => {
    const staleAfterMs = (symbol: string) => (symbol === "slow" ? 1_000 : 10);
    const freshness = createFreshness({ staleAfterMs }, 0);
    freshness.seen("slow", 0, 0);
    freshness.seen("fast", 0, 0);
    expect(freshness.stale(500)).toEqual(["fast"]);
    expect(freshness.isStale("fast", 500, 495)).toBe(false);
  });

  it("counts trading time only, of each symbol its own", () => {
    const hours = [
      { open: 0, close: 100 },
      { open: 1_000, close: 1_100 },
    ];
    const sessions = (symbol: string) => (symbol === "always" ? undefined : hours);
    const freshness = createFreshness({ staleAfterMs: 50, sessions }, 0);
    freshness.seen("hours", 80, 80);
    freshness.seen("always", 80, 80);
    expect(freshness.stale(1_030)).toEqual(["always"]);
    expect(freshness.stale(1_031)).toEqual(["hours", "always"]);
  });
});
