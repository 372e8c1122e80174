import { describe, expect, it } from "vitest";
import { randomWalkSeries } from "./random-walk.js";
import { NEW_YORK_HOURS, sessionOn } from "./session.js";

const DAY = 86_400_000;
const days = Array.from({ length: 60 }, (_, index) => Date.UTC(2008, 5, 2) + index * DAY);
const sessions = days.map((day) => sessionOn(day, NEW_YORK_HOURS));
const settings = { symbol: "SIM-A", price: 100 };

describe("randomWalkSeries", () => {
  const ticks = [...randomWalkSeries(settings, sessions, "seed").after(0)];

  it("is the same for the same seed, and another for another seed or symbol", () => {
    const again = [...randomWalkSeries(settings, sessions, "seed").after(0)];
    const seed = [...randomWalkSeries(settings, sessions, "other").after(0)];
    const symbol = [
      ...randomWalkSeries({ ...settings, symbol: "SIM-B" }, sessions, "seed").after(0),
    ];
    expect(again).toEqual(ticks);
    const prices = ticks.map(({ price }) => price);
    expect(seed.map(({ price }) => price)).not.toEqual(prices);
    expect(symbol.map(({ price }) => price)).not.toEqual(prices);
  });

  it("goes on anywhere exactly as it would have gone on", () => {
    const middle = ticks[1_234]?.at ?? 0;
    const rest = [...randomWalkSeries(settings, sessions, "seed").after(middle)];
    expect(rest).toEqual(ticks.slice(1_235));
  });

  it("ticks every five minutes of each session and never between sessions", () => {
    expect(ticks.length).toBeGreaterThanOrEqual(60 * 78);
    expect(
      ticks.every(({ at }) => sessions.some(({ open, close }) => open <= at && at <= close)),
    ).toBe(true);
  });

  it("moves, stays above 0, has whole cents and comes back to its price", () => {
    const prices = ticks.map(({ price }) => price);
    expect(new Set(prices).size).toBeGreaterThan(500);
    expect(Math.min(...prices)).toBeGreaterThan(50);
    expect(Math.max(...prices)).toBeLessThan(200);
    expect(prices.every((price) => Number(price.toFixed(2)) === price)).toBe(true);
    const crossings = prices.filter(
      (price, index) => price >= 100 && (prices[index - 1] ?? 100) < 100,
    );
    expect(crossings.length).toBeGreaterThan(10);
  });

  it("stays a price even where it strays absurdly far", () => {
    const wild = { symbol: "SIM-W", price: 0.02, spread: 5 };
    const prices = [...randomWalkSeries(wild, sessions, "seed").after(0)].map(({ price }) => price);
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(0.01);
  });
});
