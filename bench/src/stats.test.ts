import { describe, expect, it } from "vitest";
import { median, pairedRatio, percentile } from "./stats.js";

describe("a median", () => {
  it("is the middle value, or lies between the two middle ones", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe("a percentile", () => {
  it("is one of the values, sorted as numbers", () => {
    const values = [100, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    expect(percentile(values, 0.5)).toBe(5);
    expect(percentile(values, 0.99)).toBe(100);
    expect(percentile(values, 0.9)).toBe(9);
  });

  it("is not there without values", () => {
    expect(percentile([], 0.5)).toBeUndefined();
  });
});

describe("a paired ratio", () => {
  const rounds = (...values: number[]) => values.map((value, round) => ({ round, value }));

  it("compares each round with itself: a slow phase that hits both does not show", () => {
    expect(pairedRatio(rounds(1, 10, 2), rounds(3, 30, 6))).toEqual({
      median: 3,
      min: 3,
      max: 3,
      rounds: 3,
    });
  });

  it("says how far the rounds lie apart", () => {
    expect(pairedRatio(rounds(1, 1, 1), rounds(2, 5, 3))).toMatchObject({
      median: 3,
      min: 2,
      max: 5,
    });
  });

  it("leaves out rounds that one of the two lacks", () => {
    expect(pairedRatio(rounds(1, 1, 1), [{ round: 1, value: 4 }])).toMatchObject({
      median: 4,
      rounds: 1,
    });
    expect(pairedRatio(rounds(1), [])).toBeUndefined();
  });
});
