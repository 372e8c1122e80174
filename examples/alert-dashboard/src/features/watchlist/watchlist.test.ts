import type { Quote } from "@tocsin-example/alert-contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keepList, readList, toggled } from "./own-list.js";
import { flashOf, inOrder, matches } from "./rows.js";

const quote = (symbol: string, price = 1, name = symbol): Quote => ({
  symbol,
  name,
  price,
  change: 0,
  changePercent: 0,
  open: 1,
  high: 1,
  low: 1,
  volume: 0,
  bid: null,
  ask: null,
  at: 0,
  stale: false,
  source: "simulation",
});

const memory = (): Pick<Storage, "getItem" | "setItem"> => {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
};

test("what a user listed is read back, and is nobody else's", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), (symbols) => {
      const storage = memory();
      keepList(storage, "ann", symbols);
      expect(readList(storage, "ann")).toEqual(symbols);
      expect(readList(storage, "bob")).toEqual([]);
    }),
  );
});

test("something else under the name of the list is no list", () => {
  const storage = memory();
  for (const strange of ["{", "{}", "null", "[1]"]) {
    storage.setItem("tocsin.watchlist.ann", strange);
    expect(readList(storage, "ann")).toEqual([]);
  }
});

test("a browser that keeps nothing does not stop the list", () => {
  const full = {
    getItem: () => null,
    setItem() {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  expect(() => keepList(full, "ann", ["A"])).not.toThrow();
});

test("a symbol is listed, and taken off again", () => {
  expect(toggled(["A"], "B")).toEqual(["A", "B"]);
  expect(toggled(["A", "B"], "A")).toEqual(["B"]);
});

test("a price flashes when it moved, and not when another symbol takes its row", () => {
  expect(flashOf(undefined, quote("A", 1))).toBeUndefined();
  expect(flashOf(quote("A", 1), quote("A", 1))).toBeUndefined();
  expect(flashOf(quote("A", 1), quote("A", 2))).toBe("up");
  expect(flashOf(quote("A", 2), quote("A", 1))).toBe("down");
  expect(flashOf(quote("A", 2), quote("B", 1))).toBeUndefined();
});

test("rows keep the order of the server, strangers come last by name", () => {
  const rows = inOrder([quote("Z"), quote("B"), quote("A"), quote("Y")], ["B", "A"]);
  expect(rows.map(({ symbol }) => symbol)).toEqual(["B", "A", "Y", "Z"]);
});

test("a filter finds parts of symbols and of names, in any case", () => {
  const found = quote("600519", 1, "Kweichow Moutai");
  expect(["519", "mout", " KWEI ", ""].every((filter) => matches(found, filter))).toBe(true);
  expect(matches(found, "spx")).toBe(false);
});
