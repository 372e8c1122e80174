import { describe, expect, it } from "vitest";
import { createBook } from "./book.js";
import { INDEX } from "./instruments.js";

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
    expect(book.candle("SPX")).toBeUndefined();
    expect(book.finished("SPX", 9)).toEqual([]);
    expect(book.finished("nobody", 9)).toBeUndefined();
  });

  it("builds the bar of a day and finishes it with the first price of the next", () => {
    const book = createBook([INDEX]);
    for (const price of [100, 90, 120, 110]) book.take(tick(price, price));
    book.take(tick(111, 1_000, 7));
    expect(book.candle("SPX")).toEqual({
      time: 0,
      open: 100,
      high: 120,
      low: 90,
      close: 111,
      volume: 7,
    });
    book.take(tick(122.1, DAY));
    expect(book.finished("SPX", 9)).toHaveLength(1);
    expect(book.candle("SPX")).toMatchObject({ time: 86_400, open: 122.1, volume: 0 });
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
      at: DAY,
      source: "replay",
    });
  });

  it("hands out the newest finished bars, in ascending order", () => {
    const book = createBook([INDEX]);
    for (let day = 0; day < 5; day += 1) book.take(tick(100 + day, day * DAY));
    expect(book.finished("SPX", 2)?.map(({ open }) => open)).toEqual([102, 103]);
  });

  it("ignores symbols that are not listed", () => {
    const book = createBook([INDEX]);
    book.take(tick(1, 1, 0, "__proto__"));
    expect(book.quotes()).toEqual([]);
  });
});
