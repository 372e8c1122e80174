import type { Monitor } from "@tocsin/protocol/alerts";
import { expect, test } from "vitest";
import { levelsOf } from "./levels.js";

const monitor = (change: Partial<Monitor>): Monitor => ({
  id: "m1",
  userId: "demo",
  symbol: "SPX",
  note: "",
  enabled: true,
  rules: [],
  cooldownMs: 0,
  version: 1,
  createdAt: 0,
  updatedAt: 0,
  ...change,
});

test("an entry range has two levels and the others one, lowest first", () => {
  const levels = levelsOf(
    [
      monitor({
        rules: [
          { kind: "take-profit", price: 1_500, side: "long" },
          { kind: "entry-range", low: 1_380, high: 1_400 },
          { kind: "stop-loss", price: 1_350, side: "long" },
        ],
      }),
    ],
    "SPX",
  );
  expect(levels.map(({ kind, edge, price }) => [kind, edge, price])).toEqual([
    ["stop-loss", "exact", 1_350],
    ["entry-range", "low", 1_380],
    ["entry-range", "high", 1_400],
    ["take-profit", "exact", 1_500],
  ]);
});

test("monitors of other symbols draw nothing", () => {
  const rules: Monitor["rules"] = [{ kind: "stop-loss", price: 1, side: "long" }];
  expect(levelsOf([monitor({ symbol: "MSFT", rules })], "SPX")).toEqual([]);
});

test("two monitors with one level keep distinct keys, and a disabled one says so", () => {
  const rules: Monitor["rules"] = [{ kind: "stop-loss", price: 1, side: "long" }];
  const levels = levelsOf(
    [monitor({ rules }), monitor({ id: "m2", enabled: false, rules })],
    "SPX",
  );
  expect(new Set(levels.map((level) => level.key)).size).toBe(2);
  expect(levels.map((level) => level.enabled)).toEqual([true, false]);
});
