import { describe, expect, it } from "vitest";
import { describeDedupStore } from "../testing/dedup-contract.js";
import { fakeClock } from "../testing/fake-clock.js";
import { DedupFullError, memoryDedupStore } from "./dedup-memory.js";
import type { DedupStore } from "./dedup-store.js";

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
    const tokens = new Map<string, string>();
    for (const key of ["a", "b", "c"]) tokens.set(key, await won(store, key));
    for (const key of ["b", "a", "c"]) await store.settle(key, key, tokens.get(key) ?? "");
    await store.claim("d", 1_000);
    expect(forgotten).toEqual(["b"]);
    expect(await store.claim("a", 1_000)).toEqual({ won: false, value: "a" });
    await store.claim("b", 1_000);
    expect(forgotten).toEqual(["b", "a"]);
  });

  it("never forgets a key that is still under way: it refuses the next one instead", async () => {
    const { store, forgotten } = full();
    const token = await won(store, "a");
    for (const key of ["b", "c"]) await store.claim(key, 1_000);
    const refused = store.claim("d", 1_000);
    await expect(refused).rejects.toThrow(DedupFullError);
    await expect(refused).rejects.toMatchObject({ retryable: true });
    expect(await store.claim("a", 1_000)).toEqual({ won: false, value: undefined });
    await store.release("a", token);
    expect(await store.claim("d", 1_000)).toMatchObject({ won: true });
    expect(forgotten).toEqual([]);
  });

  it("makes room by what has expired first, whichever came first", async () => {
    const { store, clock, forgotten } = full();
    await store.settle("long", "kept", await won(store, "long"));
    await store.claim("short", 10);
    await store.claim("other", 1_000);
    clock.advance(10);
    expect(await store.claim("new", 1_000)).toMatchObject({ won: true });
    expect(await store.claim("long", 1_000)).toEqual({ won: false, value: "kept" });
    expect(forgotten).toEqual([]);
  });

  it("survives a key that is claimed and released without end", async () => {
    const { store, clock } = full();
    for (let turn = 0; turn < 1_000; turn += 1) {
      await store.release("a", await won(store, "a", 60_000));
      clock.advance(1);
    }
    await store.claim("a", 10);
    clock.advance(60_000);
    expect(await store.claim("a", 10)).toMatchObject({ won: true });
  });
});

async function won(store: DedupStore, key: string, ttlMs = 1_000): Promise<string> {
  const claim = await store.claim(key, ttlMs);
  if (!claim.won) throw new Error(`the claim of ${key} was lost`);
  return claim.token;
}
