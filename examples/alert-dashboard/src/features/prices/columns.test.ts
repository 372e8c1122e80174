import type { Quote } from "@tocsin-example/alert-contract";
import { expect, test } from "vitest";
import { flashOf, inOrder, trendOf } from "./columns.js";

const quote = (symbol: string, price = 1): Quote => ({
  symbol,
  name: symbol,
  price,
  change: 0,
  changePercent: 0,
  open: 1,
  high: 1,
  low: 1,
  volume: 0,
  at: 0,
  source: "replay",
});

test("quotes stand as the server lists them, unknown ones last and by name", () => {
  const quotes = ["MSFT", "ZZZ", "SPX", "AAA"].map((symbol) => quote(symbol));
  expect(inOrder(quotes, ["SPX", "MSFT"]).map(({ symbol }) => symbol)).toEqual([
    "SPX",
    "MSFT",
    "AAA",
    "ZZZ",
  ]);
});

test("a price flashes in the direction it moved, and only when it moved", () => {
  expect(flashOf(quote("SPX", 1), quote("SPX", 2))).toBe("up");
  expect(flashOf(quote("SPX", 2), quote("SPX", 1))).toBe("down");
  expect(flashOf(quote("SPX", 2), quote("SPX", 2))).toBeUndefined();
  expect(flashOf(undefined, quote("SPX"))).toBeUndefined();
});

test("a number without direction is flat", () => {
  expect([trendOf(1), trendOf(-1), trendOf(0)]).toEqual(["up", "down", "flat"]);
});
