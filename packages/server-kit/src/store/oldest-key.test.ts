import { expect, it } from "vitest";
import { oldestKey } from "./oldest-key.js";

it("hands out keys in the order they came, those that came meanwhile included", () => {
  const map = new Map([["a", 1]]);
  const next = oldestKey(map);
  const take = () => {
    const key = next();
    if (key !== undefined) map.delete(key);
    return key;
  };
  expect(take()).toBe("a");
  expect(take()).toBeUndefined();
  map.set("b", 1).set("c", 1).set("d", 1);
  map.delete("c");
  expect([take(), take(), take()]).toEqual(["b", "d", undefined]);
});

it("hands out a key that moved to the end after the others", () => {
  const map = new Map([
    ["a", 1],
    ["b", 1],
  ]);
  const next = oldestKey(map);
  map.delete("a");
  map.set("a", 2);
  expect([next(), next()]).toEqual(["b", "a"]);
});
