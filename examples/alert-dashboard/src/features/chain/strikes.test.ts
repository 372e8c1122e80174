import type { OptionRow } from "@tocsin/protocol/alerts";
import { expect, test } from "vitest";
import { atTheMoney, expiriesOf, isInTheMoney, strikesOf } from "./strikes.js";

const option = (kind: "call" | "put", strike: number, expiry = 1): OptionRow => ({
  instrument: `${kind}-${strike}-${expiry}`,
  underlying: "SPX",
  kind,
  strike,
  expiry,
  bid: null,
  ask: null,
  mark: 1,
  markIv: 20,
  underlyingPrice: 101,
  greeks: null,
  at: 0,
});

test("a line holds the call and the put of a strike, of one expiry, lowest strike first", () => {
  const rows = [option("put", 110), option("call", 100), option("call", 110), option("put", 90, 2)];
  expect(strikesOf(rows, 1)).toEqual([
    { strike: 100, call: option("call", 100), put: undefined },
    { strike: 110, call: option("call", 110), put: option("put", 110) },
  ]);
  expect(expiriesOf(rows)).toEqual([1, 2]);
});

test("at the money is the closest strike, and none without a price", () => {
  const strikes = strikesOf([option("call", 90), option("call", 100), option("call", 110)], 1);
  expect(atTheMoney(strikes, 104)).toBe(100);
  expect(atTheMoney(strikes, null)).toBeUndefined();
});

test("in the money are calls below the price and puts above it", () => {
  expect(isInTheMoney(option("call", 100))).toBe(true);
  expect(isInTheMoney(option("put", 100))).toBe(false);
  expect(isInTheMoney(option("put", 110))).toBe(true);
});
