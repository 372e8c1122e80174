import { describe, expect, it } from "vitest";
import { createBook } from "./book.js";
import { indexBars, monthlyPrices } from "./datasets.js";
import { loadMarket } from "./market.js";

describe("the installed data", () => {
  it("holds 5,105 daily bars from 2000 to 2020 that make sense", () => {
    const bars = indexBars();
    expect(bars).toHaveLength(5_105);
    expect(bars[0]).toEqual({
      day: Date.UTC(2000, 0, 3),
      open: 1469.25,
      high: 1478,
      low: 1438.36,
      close: 1455.22,
      volume: 931_800_000,
    });
    expect(bars.at(-1)?.day).toBe(Date.UTC(2020, 3, 17));
    for (const { open, high, low, close } of bars) {
      expect(low).toBeLessThanOrEqual(Math.min(open, close));
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
    }
  });

  it("holds 560 monthly prices of five shares", () => {
    const prices = monthlyPrices();
    expect(prices).toHaveLength(560);
    expect(new Set(prices.map(({ symbol }) => symbol))).toEqual(
      new Set(["MSFT", "AMZN", "IBM", "GOOG", "AAPL"]),
    );
    expect(prices[0]).toEqual({ symbol: "MSFT", month: Date.UTC(2000, 0, 1), price: 39.81 });
  });
});

describe("loadMarket", () => {
  const market = loadMarket();
  const firstDays = (days: number) => {
    const book = createBook(market.instruments);
    const until = market.startsAfter + days * 86_400_000;
    for (const series of market.series) {
      for (const tick of series.after(Number.MIN_SAFE_INTEGER)) {
        if (tick.at > until) break;
        book.take(tick);
      }
    }
    return book;
  };

  it("says of every symbol whether it is real or made up", () => {
    for (const { symbol, name, source } of market.instruments) {
      expect(source === "simulation").toBe(symbol.startsWith("SIM-"));
      if (source === "simulation") expect(name).toMatch(/simulated/);
    }
  });

  it("has a price and a history of every symbol before the first start", () => {
    const book = firstDays(0);
    expect(book.quotes().map(({ symbol }) => symbol)).toEqual(
      market.instruments.map(({ symbol }) => symbol),
    );
    expect(book.finished("SPX", 5_000)?.length).toBeGreaterThan(2_000);
    expect(book.finished("SIM-A", 5_000)?.length).toBeGreaterThan(240);
    expect(book.finished("AAPL", 5_000)?.length).toBeGreaterThan(90);
  });

  it("plays the real bars: a day of ticks builds that day's bar again", () => {
    const book = firstDays(30);
    const bars = indexBars().map(({ day, ...bar }) => ({ time: day / 1_000, ...bar }));
    const finished = book.finished("SPX", 20) ?? [];
    const first = bars.findIndex(({ time }) => time === finished[0]?.time);
    expect(finished).toEqual(bars.slice(first, first + 20));
  });

  it("trades within sessions only, monthly prices at the first opening of their month", () => {
    for (const series of market.series) {
      for (const { at } of series.after(market.startsAfter + 360 * 86_400_000)) {
        const time = new Date(at).toISOString().slice(11, 16);
        expect(time >= "14:30" && time <= "21:00").toBe(true);
        if (at > market.startsAfter + 400 * 86_400_000) break;
      }
    }
    const apple = [...(market.series[1]?.after(Date.UTC(2009, 0, 1)) ?? [])][0];
    expect(new Date(apple?.at ?? 0).toISOString()).toBe("2009-01-02T14:30:00.000Z");
  });
});
