import { describe, expect, it } from "vitest";
import type { Listing } from "../context.js";
import { createBook } from "./book.js";
import { INDEX, SHARES } from "./instruments.js";

const DAY = 86_400_000;
const tick = (price: number, at: number, volume = 0, symbol = "SPX") => ({
  symbol,
  price,
  at,
  volume,
});

describe("createBook", () => {
  it("knows nothing of a symbol before its first price", () => {
    const book = createBook([INDEX]);
    expect(book.quotes()).toEqual([]);
    expect(book.quote("SPX")).toBeUndefined();
    expect(book.bars("SPX", "1d", 9)).toEqual([]);
    expect(book.bars("nobody", "1d", 9)).toBeUndefined();
    expect(book.lists("SPX")).toBe(true);
    expect(book.lists("__proto__")).toBe(false);
  });

  it("compares a price with the close of the session before, and keeps its volume until the next is known", () => {
    const book = createBook([INDEX]);
    book.take(tick(111, 0, 7));
    expect(book.quote("SPX")).toMatchObject({ change: 0, changePercent: 0, volume: 7 });
    book.take(tick(122.1, DAY));
    expect(book.quote("SPX")).toEqual({
      symbol: "SPX",
      name: "S&P 500",
      price: 122.1,
      change: 11.1,
      changePercent: 10,
      open: 122.1,
      high: 122.1,
      low: 122.1,
      volume: 7,
      bid: null,
      ask: null,
      at: DAY,
      stale: false,
      source: "replay",
    });
  });

  it("hands out the same quote until something changes", () => {
    const book = createBook([INDEX]);
    book.take(tick(1, 1));
    const first = book.quote("SPX");
    expect(book.quote("SPX")).toBe(first);
    book.take(tick(2, 2));
    expect(book.quote("SPX")).not.toBe(first);
  });

  it("ignores symbols that are not listed, and prices older than the last", () => {
    const book = createBook([INDEX]);
    book.take(tick(1, 1, 0, "__proto__"));
    expect(book.quotes()).toEqual([]);
    book.take(tick(5, 10));
    book.take(tick(6, 9));
    expect(book.quote("SPX")?.price).toBe(5);
  });

  it("says of which feeds it is new that they are silent, or speak again", () => {
    const book = createBook([INDEX, ...SHARES]);
    book.take(tick(1, 1));
    expect(book.setStale(["SPX"])).toEqual(["SPX"]);
    expect(book.setStale(["SPX"])).toEqual([]);
    expect(book.quote("SPX")?.stale).toBe(true);
    expect(book.setStale([])).toEqual(["SPX"]);
    expect(book.quote("SPX")?.stale).toBe(false);
  });

  it("has a board for all and one for each kind that is listed", () => {
    const book = createBook([INDEX, ...SHARES]);
    expect(book.boards).toEqual(["all", "index", "shares"]);
    expect(book.board("index")).toEqual(["SPX"]);
    expect(book.board("all")).toHaveLength(6);
    expect(book.board("crypto")).toBeUndefined();
  });

  it("names the largest moves each way, and counts the rest", () => {
    const symbols = Array.from({ length: 14 }, (_, index) => `S${index}`);
    const listings = symbols.map((symbol): Listing => ({ ...INDEX, symbol }));
    const book = createBook(listings);
    for (const [index, symbol] of symbols.entries()) {
      book.take(tick(100, 0, 0, symbol));
      book.take(tick(100 + index - 6, DAY, 0, symbol));
    }
    book.setStale(["S0", "S1"]);
    const overview = book.overview();
    expect(overview).toMatchObject({
      at: DAY,
      symbols: 14,
      rising: 7,
      falling: 6,
      unchanged: 1,
      stale: 2,
    });
    expect(overview.gainers.map(({ symbol }) => symbol)).toEqual([
      "S13",
      "S12",
      "S11",
      "S10",
      "S9",
    ]);
    expect(overview.losers.map(({ symbol }) => symbol)).toEqual(["S0", "S1", "S2", "S3", "S4"]);
  });

  it("takes bid, ask and the volume of 24 hours of a live feed as they come", () => {
    const book = createBook([{ symbol: "BTC", name: "Bitcoin", source: "live", board: "crypto" }]);
    book.take({ symbol: "BTC", price: 10, at: 0, volume: 900, bid: 9.5, ask: 10.5 });
    book.take({ symbol: "BTC", price: 11, at: DAY, volume: 800, bid: 10.5 });
    expect(book.quote("BTC")).toMatchObject({ bid: 10.5, ask: null, volume: 800, change: 1 });
  });

  it("forgets all prices when the market goes on at another time", () => {
    const book = createBook([INDEX]);
    book.take(tick(1, DAY));
    book.clear();
    expect(book.quote("SPX")).toBeUndefined();
    book.take(tick(2, 0));
    expect(book.quote("SPX")?.price).toBe(2);
  });
});
