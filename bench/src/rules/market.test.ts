import { describe, expect, it } from "vitest";
import { levelsOf, pricesOf } from "./market.js";

describe("the market that rules are measured on", () => {
  it("reaches the near levels and never the far ones", () => {
    const levels = [...levelsOf({ symbols: 5, near: 50, far: 50 })].map(({ price }) => price);
    const prices = [...pricesOf(5, 20_000, 1)].map(({ price }) => price);
    const reached = (level: number) =>
      prices.some((price) => price >= level) && prices.some((price) => price <= level);
    expect(levels.slice(0, 50).filter(reached).length).toBeGreaterThan(40);
    expect(levels.slice(50).filter(reached)).toEqual([]);
  });

  it("has the same near levels however many far ones there are", () => {
    const near = (far: number) => [...levelsOf({ symbols: 5, near: 20, far })].slice(0, 20);
    expect(near(1_000)).toEqual(near(0));
  });
});
