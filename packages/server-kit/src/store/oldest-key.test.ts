import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
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

/** A map that remembers, without holding them, the iterators it has handed out. */
function watchedMap(entries: readonly (readonly [string, number])[]) {
  const map = new Map(entries);
  const iterators: WeakRef<object>[] = [];
  const keys = map.keys.bind(map);
  map.keys = () => {
    const iterator = keys();
    iterators.push(new WeakRef(iterator));
    return iterator;
  };
  return { map, iterators };
}

/** Collects everything that nothing holds. What a weak reference gave out lives on to the end of its turn. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const gc: () => void = runInNewContext("gc");
  await new Promise((resolve) => setImmediate(resolve));
  gc();
}

it("lets an idle iterator go, and with it every table that its map has outgrown", async () => {
  const { map, iterators } = watchedMap([
    ["a", 1],
    ["b", 1],
  ]);
  const next = oldestKey(map);
  expect(next()).toBe("a");
  map.delete("a");
  expect(iterators).toHaveLength(1);
  await collectGarbage();
  expect(iterators[0]?.deref()).toBeUndefined();
  expect(next()).toBe("b"); // and goes on with a new one, from the oldest that is left
  expect(iterators).toHaveLength(2);
});

it("walks many keys with one iterator, so that the holes of earlier deletions cost nothing", () => {
  const { map, iterators } = watchedMap(
    Array.from({ length: 1_000 }, (_, index) => [`key ${index}`, index] as const),
  );
  const next = oldestKey(map);
  for (let index = 0; index < 1_000; index += 1) {
    const key = next();
    expect(key).toBe(`key ${index}`);
    if (key !== undefined) map.delete(key);
  }
  expect(iterators).toHaveLength(1); // all in one turn, in which a weak reference that was read stays
});
