import { describe, expect, it } from "vitest";
import { describeDedupStore } from "../testing/dedup-contract.js";
import { fakeClock } from "../testing/fake-clock.js";
import { DedupFullError, memoryDedupStore } from "./dedup-memory.js";

describeDedupStore("memory", async () => {
  const clock = fakeClock();
  const store = memoryDedupStore({ now: clock.now });
  return {
    store,
    advance: async (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
});

describe("memoryDedupStore, full", () => {
  function full() {
    const clock = fakeClock();
    const forgotten: string[] = [];
    const store = memoryDedupStore({
      now: clock.now,
      maxKeys: 3,
      onForgotten: (key) => forgotten.push(key),
    });
    return { clock, forgotten, store };
  }

  it("forgets the key settled longest ago, and says so", async () => {
    const { store, forgotten } = full();
    for (const key of ["a", "b", "c"]) await store.claim(key, 1_000);
    for (const key of ["b", "a", "c"]) await store.settle(key, key);
    await store.claim("d", 1_000);
    expect(forgotten).toEqual(["b"]);
    expect(await store.claim("a", 1_000)).toEqual({ won: false, value: "a" });
    await store.claim("b", 1_000);
    expect(forgotten).toEqual(["b", "a"]);
  });

  it("never forgets a key that is still under way: it refuses the next one instead", async () => {
    const { store, forgotten } = full();
    for (const key of ["a", "b", "c"]) await store.claim(key, 1_000);
    const refused = store.claim("d", 1_000);
    await expect(refused).rejects.toThrow(DedupFullError);
    await expect(refused).rejects.toMatchObject({ retryable: true });
    expect(await store.claim("a", 1_000)).toEqual({ won: false, value: undefined });
    await store.release("a");
    expect(await store.claim("d", 1_000)).toEqual({ won: true });
    expect(forgotten).toEqual([]);
  });

  it("makes room by what has expired first, whichever came first", async () => {
    const { store, clock, forgotten } = full();
    await store.claim("long", 1_000);
    await store.settle("long", "kept");
    await store.claim("short", 10);
    await store.claim("other", 1_000);
    clock.advance(10);
    expect(await store.claim("new", 1_000)).toEqual({ won: true });
    expect(await store.claim("long", 1_000)).toEqual({ won: false, value: "kept" });
    expect(forgotten).toEqual([]);
  });

  it("survives a key that is claimed and released without end", async () => {
    const { store, clock } = full();
    for (let turn = 0; turn < 1_000; turn += 1) {
      expect(await store.claim("a", 60_000)).toEqual({ won: true });
      await store.release("a");
      clock.advance(1);
    }
    await store.claim("a", 10);
    clock.advance(60_000);
    expect(await store.claim("a", 10)).toEqual({ won: true });
  });
});
