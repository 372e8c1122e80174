import { describe, expect, it } from "vitest";
import { createBook } from "./book.js";
import { indexBars, monthlyPrices } from "./datasets.js";
import { hoursOf } from "./hours.js";
import { loadMarket, patienceOf } from "./market.js";
import { fillBook, pastOf } from "./past.js";

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
  const bookAt = (position: number) => {
    const book = createBook(market.listings);
    fillBook(book, market, position);
    return book;
  };

  it("says of every symbol whether it is real or made up", () => {
    for (const { symbol, name, source, board } of market.listings) {
      expect(source === "simulation").toBe(symbol.startsWith("SIM-"));
      expect(board === "simulated").toBe(source === "simulation");
      if (source === "simulation") expect(name).toMatch(/simulated/);
    }
  });

  it("has a price and a history of every symbol before the first start", () => {
    const book = bookAt(market.startsAfter);
    expect(book.quotes().map(({ symbol }) => symbol)).toEqual(
      market.listings.map(({ symbol }) => symbol),
    );
    expect(book.bars("SPX", "1d", 5_000)?.length).toBeGreaterThan(2_000);
    expect(book.bars("SIM-A", "1d", 5_000)?.length).toBeGreaterThan(240);
    expect(book.bars("SIM-A", "5m", 100)).toHaveLength(100);
    expect(book.bars("AAPL", "1d", 5_000)?.length).toBeGreaterThan(90);
  });

  it("plays the real bars: a day of ticks builds that day's bar again", () => {
    const until = market.startsAfter + 30 * 86_400_000;
    const book = bookAt(until);
    const bars = indexBars().map(({ day, ...bar }) => ({ time: String(day), ...bar }));
    const finished = book.bars("SPX", "1d", 21)?.slice(0, -1) ?? [];
    const first = bars.findIndex(({ time }) => time === finished[0]?.time);
    expect(finished).toEqual(bars.slice(first, first + 20));
  });

  it("trades within sessions only, monthly prices at the first opening of their month", () => {
    for (const { ticks } of market.series) {
      for (const { at } of ticks.after(market.startsAfter + 360 * 86_400_000)) {
        const time = new Date(at).toISOString().slice(11, 16);
        expect(time >= "14:30" && time <= "21:00").toBe(true);
        if (at > market.startsAfter + 400 * 86_400_000) break;
      }
    }
    const apple = [...(market.series[1]?.ticks.after(Date.UTC(2009, 0, 1)) ?? [])][0];
    expect(new Date(apple?.at ?? 0).toISOString()).toBe("2009-01-02T14:30:00.000Z");
  });

  it("never takes a share with one price a month for silent, and a made-up one after some missed prices", () => {
    const patience = patienceOf(market);
    expect(patience("AAPL")).toBe(Number.POSITIVE_INFINITY);
    expect(patience("SIM-E")).toBeLessThan(3_600_000);
    expect(patience("nobody")).toBe(Number.POSITIVE_INFINITY);
    expect(market.halting).toEqual(["SIM-E"]);
  });

  it("halts and bursts in one made-up symbol within a few sessions", () => {
    const series = market.series.find(({ symbols }) => symbols[0] === "SIM-E");
    const times: number[] = [];
    for (const { at } of series?.ticks.after(market.startsAfter) ?? []) {
      if (at > market.startsAfter + 30 * 86_400_000) break;
      times.push(at);
    }
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    const patience = patienceOf(market)("SIM-E");
    expect(waits.filter((ms) => ms > patience && ms < 4 * 3_600_000).length).toBeGreaterThan(0);
    expect(waits.filter((ms) => ms < 10_000).length).toBeGreaterThan(20);
  });

  it("adds as many symbols as a stress test wants, each with a name and a series of its own", () => {
    const crowded = loadMarket({ stressSymbols: 50, stressEveryMs: 1_000_000 });
    expect(crowded.listings).toHaveLength(market.listings.length + 50);
    expect(new Set(crowded.listings.map(({ symbol }) => symbol)).size).toBe(
      crowded.listings.length,
    );
    expect(crowded.series).toHaveLength(market.series.length + 50);
  });

  it("reads the past of one symbol, its end included and its beginning not", () => {
    const past = pastOf(market);
    const ticks = [...past("SPX", Date.UTC(2008, 8, 15), Date.UTC(2008, 8, 16))];
    expect(ticks.map(({ symbol, price }) => [symbol, price])).toHaveLength(4);
    const [first, second] = ticks;
    expect([...past("SPX", first?.at ?? 0, second?.at ?? 0)]).toEqual([second]);
    expect(
      [...past("AAPL", 0, Date.UTC(2000, 2, 1))].every(({ symbol }) => symbol === "AAPL"),
    ).toBe(true);
    expect([...past("nobody", 0, 1)]).toEqual([]);
  });
});

describe("hoursOf", () => {
  it("counts the close to its session, and the time between two to none", () => {
    const isOpen = hoursOf([
      { open: 10, close: 20 },
      { open: 30, close: 40 },
    ]);
    expect([9, 10, 20, 21, 30, 41].map(isOpen)).toEqual([false, true, true, false, true, false]);
  });
});
