import { describe, expect, it } from "vitest";
import { checkHistoryAgainstModel } from "../../test/support/history-model.js";
import { fakeClock } from "../testing/fake-clock.js";
import { describeHistoryStore } from "../testing/history-contract.js";
import { memoryHistoryStore } from "./history-memory.js";
import type { HistoryStore, Keep } from "./history-store.js";

const LOG: Keep = { mode: "log", size: 100, ttlMs: 60_000 };

describeHistoryStore("memory", async () => {
  const clock = fakeClock();
  const store = memoryHistoryStore({ now: clock.now });
  return {
    store,
    now: clock.now,
    advance: async (ms) => clock.advance(ms),
    restart: async () => memoryHistoryStore({ now: clock.now }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
});

it("does what a naive model does, over random histories", async () => {
  await checkHistoryAgainstModel(async () => {
    const clock = fakeClock();
    const store = memoryHistoryStore({ now: clock.now });
    return { store, now: clock.now, advance: async (ms) => clock.advance(ms) };
  });
});

describe("memoryHistoryStore, bounded by maxChannels", () => {
  it("gives a forgotten channel a new epoch, so that no old position fits new events (F5)", async () => {
    const store = memoryHistoryStore({ maxChannels: 2 });
    const before = await write(store, "a");
    await write(store, "b");
    await write(store, "c");
    const page = await store.read("a");
    expect(page).toMatchObject({ offset: 0, entries: [] });
    expect(page.epoch).not.toBe(before.epoch);
    expect(await write(store, "a")).toEqual({ epoch: page.epoch, offset: 1 });
  });

  it("never hands out one epoch for two lives of a channel, over 1,000 evictions", async () => {
    const store = memoryHistoryStore({ maxChannels: 3 });
    const lives = new Map<string, Set<string>>();
    for (let turn = 0; turn < 1_000; turn += 1) {
      const channel = `c${(turn * 7) % 5}`;
      const { epoch, offset } = await write(store, channel);
      const seen = lives.get(channel) ?? new Set();
      lives.set(channel, seen);
      if (offset === 1) expect(seen.has(epoch)).toBe(false);
      seen.add(epoch);
    }
  });

  it("forgets the channel that was not used for longest", async () => {
    const store = memoryHistoryStore({ maxChannels: 3 });
    for (const channel of ["a", "b", "c", "d"]) await write(store, channel);
    await store.read("b");
    await write(store, "e");
    expect(await offsets(store, ["a", "b", "c", "d", "e"])).toEqual([0, 1, 0, 1, 1]);
  });

  it("keeps its word to a reader of a channel nobody wrote, whatever is forgotten meanwhile", async () => {
    const store = memoryHistoryStore({ maxChannels: 2 });
    const { epoch } = await store.read("quiet");
    for (let turn = 0; turn < 20; turn += 1) await write(store, `busy ${turn}`);
    expect((await store.read("quiet")).epoch).toBe(epoch);
    expect(await write(store, "quiet")).toEqual({ epoch, offset: 1 });
  });

  it("does not let reads of channels nobody wrote push out ones with events", async () => {
    const store = memoryHistoryStore({ maxChannels: 2 });
    const before = await write(store, "a");
    for (let turn = 0; turn < 50; turn += 1) await store.read(`probe ${turn}`);
    expect(await store.read("a")).toMatchObject(before);
  });

  it("takes its epochs from the given source, one for all channels until it has to forget one", async () => {
    let count = 0;
    const epoch = () => {
      count += 1;
      return `epoch ${count}`;
    };
    const store = memoryHistoryStore({ maxChannels: 2, epoch });
    expect((await write(store, "a")).epoch).toBe("epoch 1");
    expect((await write(store, "b")).epoch).toBe("epoch 1");
    expect((await write(store, "c")).epoch).toBe("epoch 1");
    expect((await write(store, "a")).epoch).toBe("epoch 2");
  });
});

describe("memoryHistoryStore, bounded by maxBytes", () => {
  const kilobyte = "x".repeat(500);

  it("forgets unused channels when the entries get too many bytes", async () => {
    const store = memoryHistoryStore({ maxBytes: 20_000 });
    for (let turn = 0; turn < 100; turn += 1) await write(store, `c${turn}`, kilobyte);
    const kept = await offsets(
      store,
      Array.from({ length: 100 }, (_, turn) => `c${turn}`),
    );
    expect(kept.filter((offset) => offset === 1).length).toBeGreaterThan(10);
    expect(kept.filter((offset) => offset === 1).length).toBeLessThanOrEqual(20);
    expect(kept.at(-1)).toBe(1);
  });

  it("drops the oldest events of a log that is too big alone, and says so", async () => {
    const store = memoryHistoryStore({ maxBytes: 20_000 });
    for (let turn = 0; turn < 100; turn += 1) await write(store, "a", kilobyte);
    const page = await store.read("a");
    expect(page.offset).toBe(100);
    expect(page.entries.length).toBeGreaterThan(10);
    expect(page.entries[0]?.offset).toBe(page.complete + 1);
    expect(page.complete + page.entries.length).toBe(100);
  });

  it("counts what it replaced, removed or expired as free", async () => {
    const clock = fakeClock();
    const store = memoryHistoryStore({ maxBytes: 20_000, now: clock.now });
    const first = await write(store, "old", kilobyte);
    for (let turn = 0; turn < 500; turn += 1) {
      const row = { data: kilobyte, timestamp: clock.now(), key: `row ${turn % 5}` };
      await store.append("latest", { data: kilobyte, timestamp: clock.now() }, { mode: "latest" });
      await store.append("table", row, { mode: "table" });
      await store.append("table", { ...row, data: null, removed: true }, { mode: "table" });
      await store.append("log", row, { mode: "log", size: 3, ttlMs: 1_000 });
      clock.advance(100);
    }
    expect(await store.read("old")).toMatchObject(first);
  });

  it("frees expired events of channels nobody touches any more", async () => {
    const clock = fakeClock();
    const store = memoryHistoryStore({ maxBytes: 20_000, now: clock.now });
    const append = (channel: string) =>
      store.append(channel, { data: kilobyte, timestamp: clock.now() }, { ...LOG, ttlMs: 1_000 });
    const before = await Promise.all(Array.from({ length: 15 }, (_, n) => append(`quiet ${n}`)));
    clock.advance(1_000);
    for (let turn = 0; turn < 16; turn += 1) await append("busy");
    expect(await store.read("quiet 0")).toMatchObject({ ...before[0], complete: 1, entries: [] });
  });

  it("refuses data that refers to itself, and stores nothing of it", async () => {
    const store = memoryHistoryStore();
    const loop: { self?: unknown; again?: unknown } = {};
    loop.self = loop;
    loop.again = loop;
    await expect(write(store, "a", loop)).rejects.toThrow(/deeper than 64/);
    expect((await store.read("a")).offset).toBe(0);
  });
});

it("has lost everything once disposed of, and says so by its epoch", async () => {
  const store = memoryHistoryStore();
  const { epoch } = await write(store, "a");
  await store[Symbol.asyncDispose]();
  expect((await write(store, "a")).epoch).not.toBe(epoch);
});

function write(store: HistoryStore, channel: string, data: unknown = "x") {
  return store.append(channel, { data, timestamp: Date.now() }, LOG);
}

async function offsets(store: HistoryStore, channels: readonly string[]): Promise<number[]> {
  const pages = await Promise.all(channels.map((channel) => store.read(channel)));
  return pages.map(({ offset }) => offset);
}
