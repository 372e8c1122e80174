import { defineContract, latest, log } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { ChannelEvent } from "../../store/event.js";
import { memoryHistoryStore } from "../../store/history-memory.js";
import type { HistoryQuery, HistoryStore } from "../../store/history-store.js";
import { settled } from "../../testing/fake-client.js";
import { fakeClock } from "../../testing/fake-clock.js";
import { createArrivals } from "./arrivals.js";
import { atATime } from "./at-a-time.js";

const contract = defineContract({
  channels: {
    fills: log("fills:{id}", z.number(), { history: { size: 100_000, ttl: "1h" } }),
    price: latest("price", z.number()),
  },
});
const fills = contract.fills({ id: "1" });
const LOG = { mode: "log", size: 100_000, ttlMs: 3_600_000 } as const;

/** Arrivals over a history in memory whose reads are counted. */
function setUp(checkEveryMs?: number) {
  const clock = fakeClock();
  const kept = memoryHistoryStore({ now: clock.now });
  const reads: (HistoryQuery & { channel: string; at: number })[] = [];
  const state = { down: false, atOnce: 0, most: 0 };
  const history: Pick<HistoryStore, "read"> = {
    async read(channel, query = {}) {
      reads.push({ channel, at: clock.now(), ...query });
      state.atOnce += 1;
      state.most = Math.max(state.most, state.atOnce);
      await settled();
      state.atOnce -= 1;
      if (state.down) throw new Error("down");
      return kept.read(channel, query);
    },
  };
  const handedOn: ChannelEvent[] = [];
  const breaks: unknown[] = [];
  const asked: string[] = [];
  const troubles: unknown[] = [];
  let recovered = 0;
  const arrivals = createArrivals({
    history,
    clock,
    checkEveryMs,
    hasReaders: () => true,
    handOn: (event) => handedOn.push(event),
    onJump: () => {},
    onBreak: (channel, seen) => breaks.push({ channel, seen }),
    askAgain: async (channel) => void asked.push(channel),
    onTrouble: (error) => troubles.push(error),
    onRecovered: () => {
      recovered += 1;
    },
  });
  /** Stores an event; whether it arrives is up to the test. */
  const store = async (channel: string, data: number): Promise<ChannelEvent> => {
    const entry = { data, timestamp: clock.now() };
    const position = await kept.append(channel, entry, LOG);
    return { ...entry, ...position, channel, mode: "log" };
  };
  const pass = async (ms: number, step = 100) => {
    for (let left = ms; left > 0; left -= step) {
      clock.advance(Math.min(step, left));
      for (let turn = 0; turn < 4; turn += 1) await settled();
    }
  };
  const offsets = () => handedOn.map(({ offset }) => offset);
  /** A reader begins at what is stored now. */
  const begin = async (ref: Parameters<typeof arrivals.follow>[0]) =>
    expect(arrivals.follow(ref, await kept.read(ref.name))).toBeUndefined();
  return {
    begin,
    clock,
    kept,
    reads,
    state,
    arrivals,
    handedOn,
    breaks,
    asked,
    troubles,
    store,
    pass,
    offsets,
    recoveredTimes: () => recovered,
  };
}

describe("events that arrive", () => {
  it("one after the other are handed on without a look at the history", async () => {
    const { begin, arrivals, store, offsets, reads } = setUp();
    await begin(fills);
    for (let n = 1; n <= 100; n += 1) arrivals.take(await store(fills.name, n));
    expect(offsets()).toHaveLength(100);
    expect(reads).toEqual([]);
  });

  it("in another order are put in order, without a look at the history if the late one comes soon", async () => {
    const { begin, arrivals, store, offsets, pass, reads } = setUp();
    await begin(fills);
    const [one, two, three] = [
      await store(fills.name, 1),
      await store(fills.name, 2),
      await store(fills.name, 3),
    ];
    for (const event of [three, two, two, one, three]) arrivals.take(event);
    expect(offsets()).toEqual([1, 2, 3]);
    await pass(1_000);
    expect(reads).toEqual([]);
    expect(arrivals.counts()).toMatchObject({ repeated: 1, recovered: 0, held: 0 });
  });

  it("beyond a hole wait in bounded memory, and what there was no room for is read piece by piece", async () => {
    const { begin, arrivals, store, offsets, pass, reads } = setUp();
    await begin(fills);
    await store(fills.name, 1);
    for (let n = 2; n <= 1_000; n += 1) arrivals.take(await store(fills.name, n));
    expect(arrivals.counts().held).toBe(64);
    await pass(200);
    expect(offsets()).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 1));
    expect(arrivals.counts().held).toBe(0);
    for (const { limit } of reads) expect(limit).toBe(256);
    expect(reads).toHaveLength(4);
  });

  it("while the history cannot be read wait, are tried for once a second, and are said to be in trouble once", async () => {
    const { begin, arrivals, store, state, pass, offsets, reads, troubles, recoveredTimes } =
      setUp();
    await begin(fills);
    await store(fills.name, 1);
    state.down = true;
    arrivals.take(await store(fills.name, 2));
    await pass(10_000);
    expect(reads.length).toBeLessThanOrEqual(11);
    expect(troubles).toHaveLength(1);
    state.down = false;
    await pass(1_100);
    expect(offsets()).toEqual([1, 2]);
    expect(recoveredTimes()).toBe(1);
  });

  it("under another numbering are looked up, again and again while the history cannot be read (F5)", async () => {
    const { arrivals, kept, store, state, pass, breaks } = setUp();
    const page = await kept.read(fills.name);
    expect(arrivals.follow(fills, { ...page, epoch: "older" })).toBeUndefined();
    state.down = true;
    arrivals.take(await store(fills.name, 1));
    await pass(3_000);
    expect(breaks).toEqual([]);
    state.down = false;
    await pass(1_100);
    expect(breaks).toEqual([{ channel: fills.name, seen: { epoch: "older", offset: 0 } }]);
  });
});

describe("checks", () => {
  it("find the loss of a last event before their time is over, and ask the broker anew for the channel", async () => {
    const { begin, store, pass, offsets, asked } = setUp(10_000);
    await begin(fills);
    for (let turn = 1; turn <= 3; turn += 1) {
      await store(fills.name, turn);
      await pass(10_000);
      expect(offsets()).toHaveLength(turn);
    }
    expect(asked).toEqual([fills.name, fills.name, fills.name]);
  });

  it("look at quiet channels at most about twice in their time, spread over it, and never at busy ones", async () => {
    const { begin, clock, arrivals, store, pass, reads } = setUp(10_000);
    const quiet = Array.from({ length: 200 }, (_, n) => contract.fills({ id: `quiet ${n}` }));
    for (const ref of [...quiet, fills]) await begin(ref);
    const from = clock.now();
    for (let n = 1; n <= 60; n += 1) {
      await pass(1_000, 250);
      arrivals.take(await store(fills.name, n));
    }
    const perChannel = new Map<string, number>();
    for (const { channel } of reads) perChannel.set(channel, (perChannel.get(channel) ?? 0) + 1);
    expect(perChannel.size).toBe(200);
    expect(perChannel.has(fills.name)).toBe(false);
    expect(Math.max(...perChannel.values())).toBeLessThanOrEqual(14);
    expect(Math.min(...perChannel.values())).toBeGreaterThanOrEqual(6);
    const perStep = new Map<number, number>();
    for (const { at } of reads) perStep.set(at - from, (perStep.get(at - from) ?? 0) + 1);
    expect(Math.max(...perStep.values())).toBeLessThan(50);
  });

  it("of every channel at once, after an outage, are made a few at a time", async () => {
    const { begin, arrivals, state, pass, reads } = setUp(10_000);
    for (let n = 0; n < 500; n += 1) {
      const ref = contract.fills({ id: `${n}` });
      await begin(ref);
    }
    arrivals.verifyAll();
    await pass(2_000);
    expect(reads.length).toBeGreaterThanOrEqual(500);
    expect(state.most).toBe(32);
  });

  it("end with the last reader, and with the hub", async () => {
    const { begin, clock, arrivals, pass } = setUp(10_000);
    await begin(fills);
    arrivals.forget(fills.name);
    await pass(10_000);
    expect(clock.pending).toBe(0);
    await begin(fills);
    arrivals.stop();
    expect(clock.pending).toBe(0);
  });
});

describe("atATime", () => {
  it("runs no more than so many, all of them in the end, also after failures", async () => {
    const run = atATime(3);
    let running = 0;
    let most = 0;
    const work = (n: number) =>
      run(async () => {
        running += 1;
        most = Math.max(most, running);
        await settled();
        running -= 1;
        if (n % 4 === 0) throw new Error("failed");
        return n;
      });
    const done = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => work(n)));
    expect(most).toBe(3);
    expect(done.filter(({ status }) => status === "rejected")).toHaveLength(5);
  });
});
