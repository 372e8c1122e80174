import { cpSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  NatsRefusedError,
  NatsSettingsError,
  NatsUnavailableError,
  natsDedupStore,
  natsStores,
  openNats,
} from "../../../src/nats/index.js";
import type { BrokerState } from "../../../src/store/broker.js";
import type { ChannelEvent } from "../../../src/store/event.js";
import type { Keep } from "../../../src/store/history-store.js";
import { fakeClock } from "../../../src/testing/index.js";
import { entry, LOG, losesNothingAcknowledged } from "../../support/kill-case.js";
import { type NatsServer, startNats } from "../../support/nats.js";
import { cuttableLine } from "../../support/redis.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const soon = { timeout: 20_000, interval: 20 };

let server: NatsServer;

beforeAll(async () => {
  server = await startNats();
});

afterAll(() => server[Symbol.asyncDispose]());

/** One process of an application. */
async function openNode({ port, timeoutMs = 10_000 }: { port?: number; timeoutMs?: number } = {}) {
  const connection = await server.connect(port);
  const nats = await openNats({ connection, timeoutMs });
  const stores = natsStores(nats);
  const events: ChannelEvent[] = [];
  const states: BrokerState["is"][] = [];
  stores.broker.onEvent((event) => events.push(event));
  stores.broker.onState(({ is }) => states.push(is));
  return {
    ...{ connection, nats, events, states, ...stores },
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]();
      await nats[Symbol.asyncDispose]();
      await connection.close();
    },
  };
}

describe("a NATS that is killed and started again", () => {
  it("has every acknowledged append, under the same epoch, and brings events again", async () => {
    await using node = await openNode();
    await node.broker.subscribe("kill:1");
    expect(node.history.durability).toBe("process-crash");
    const { history, nats } = node;
    await losesNothingAcknowledged("kill:1", { history, server, ping: nats.ping });
    await vi.waitFor(() => expect(node.states.at(-1)).toBe("up"), soon);
    expect(node.states[0]).toBe("down");
    await node.history.append("kill:1", entry("after"), LOG);
    await vi.waitFor(() => expect(node.events.at(-1)).toMatchObject({ data: "after" }), soon);
  });
});

describe("a NATS that stands still (F8)", () => {
  it("has every append rejected in time, and goes on afterwards", async () => {
    await using node = await openNode({ timeoutMs: 500 });
    const append = (n: number) =>
      node.history.appendOnce("pause:1", entry(n), LOG, { key: `${n}`, ttlMs: 3_600_000 });
    await append(-1);
    const numbers = Array.from({ length: 1_000 }, (_, n) => n);
    server.pause();
    // Nothing here waits for the server: that all of it ends before it goes on is what is tested.
    const results = await Promise.allSettled(numbers.map(append));
    server.resume();
    for (const result of results) {
      expect(result).toMatchObject({ status: "rejected", reason: { retryable: true } });
    }
    // What was rejected may have been stored. With its key, saying it again makes it once in any case.
    await vi.waitFor(() => Promise.all(numbers.map(append)), soon);
    expect(await node.history.read("pause:1", { limit: 0 })).toMatchObject({ offset: 1_001 });
  });
});

describe("a line to NATS that is cut", () => {
  it("refuses at once meanwhile, and what was missed is in the history", async () => {
    await using line = await cuttableLine(server.port);
    await using near = await openNode({ port: Number(new URL(line.url).port) });
    await using far = await openNode();
    await near.broker.subscribe("cut:1");
    line.shut = true;
    line.cut();
    await vi.waitFor(() => expect(near.states).toEqual(["down"]), soon);
    await expect(near.history.read("cut:1")).rejects.toThrow(NatsUnavailableError);
    await expect(near.broker.subscribe("cut:2")).rejects.toThrow(NatsUnavailableError);
    await far.history.append("cut:1", entry("missed"), LOG);
    line.shut = false;
    await vi.waitFor(() => expect(near.states).toEqual(["down", "up"]), soon);
    await far.history.append("cut:1", entry("heard"), LOG);
    await vi.waitFor(() => expect(near.events).toHaveLength(1), soon);
    expect(near.events).toMatchObject([{ offset: 2, data: "heard" }]);
    const { entries } = await near.history.read("cut:1");
    expect(entries.map(({ data }) => data)).toEqual(["missed", "heard"]);
  });
});

describe("a stream that has lost its end", () => {
  it("gives the channel a new epoch, as soon as a node that knew of it asks", async () => {
    await using node = await openNode();
    await using other = await openNode();
    const { epoch } = await node.history.append("lost:1", entry(1), LOG);
    using copy = temporaryDirectory();
    cpSync(server.directory, copy.path, { recursive: true });
    await node.history.append("lost:1", entry(2), LOG);
    await server.kill();
    // What a disk has that was not written to for a while.
    cpSync(copy.path, server.directory, { recursive: true });
    await server.start();
    await vi.waitFor(node.nats.ping, soon);
    await vi.waitFor(other.nats.ping, soon);
    const page = await node.history.read("lost:1");
    expect(page.epoch).not.toBe(epoch);
    expect(page).toMatchObject({ offset: 1, entries: [{ data: 1 }] });
    // The other node, and one that was never there before, hear the same.
    expect(await other.history.read("lost:1")).toMatchObject({ epoch: page.epoch, offset: 1 });
    const next = await other.history.append("lost:1", entry("other"), LOG);
    expect(next).toEqual({ epoch: page.epoch, offset: 2 });
  });

  it("does so when nothing is left", async () => {
    await using node = await openNode();
    const { epoch } = await node.history.append("emptied:1", entry(1), LOG);
    await node.nats.jsm.streams.purge(node.nats.names.history);
    const page = await node.history.read("emptied:1");
    expect(page).toMatchObject({ offset: 0, entries: [] });
    expect(page.epoch).not.toBe(epoch);
    const next = await node.history.append("emptied:1", entry(2), LOG);
    expect(next).toEqual({ epoch: page.epoch, offset: 1 });
  });
});

describe("two nodes on one NATS", () => {
  it("number the events of a channel without holes between them, and see them in that order", async () => {
    await using a = await openNode();
    await using b = await openNode();
    await a.broker.subscribe("dense:1");
    const appended = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const { history } = n % 2 ? a : b;
        const first = await history.append("dense:1", entry(n), LOG);
        return [first, await history.append("dense:1", entry(n), LOG)];
      }),
    );
    const offsets = appended.flat().map(({ offset }) => offset);
    const all = Array.from({ length: 200 }, (_, index) => index + 1);
    expect(offsets.sort((one, other) => one - other)).toEqual(all);
    await vi.waitFor(() => expect(a.events.map(({ offset }) => offset)).toEqual(all), soon);
    expect(await a.history.read("dense:1")).toEqual(await b.history.read("dense:1"));
  });

  it("leave no more in the stream than the channels keep, and some that wait to be deleted", async () => {
    await using node = await openNode();
    const { history, nats } = node;
    const kept: Record<string, Keep> = {
      "size:log": { mode: "log", size: 10, ttlMs: 3_600_000 },
      "size:latest": { mode: "latest" },
      "size:table": { mode: "table" },
    };
    for (const [channel, keep] of Object.entries(kept)) {
      for (let n = 0; n < 200; n += 1)
        await history.append(channel, { ...entry(n), key: `${n % 5}` }, keep);
    }
    const count = async (channel: string) => {
      const subjects_filter = nats.names.stored(channel);
      const { state } = await nats.jsm.streams.info(nats.names.history, { subjects_filter });
      return state.subjects?.[subjects_filter];
    };
    expect(await count("size:latest")).toBe(1);
    await vi.waitFor(async () => expect(await count("size:log")).toBeLessThan(10 + 64), soon);
    await vi.waitFor(async () => expect(await count("size:table")).toBeLessThan(5 + 128), soon);
    // Another node makes the same of what is left.
    await using other = await openNode();
    for (const channel of Object.keys(kept)) {
      expect(await other.history.read(channel)).toEqual(await history.read(channel));
    }
  });

  it("delete claims that are over", async () => {
    await using node = await openNode();
    const clock = fakeClock();
    const dedup = natsDedupStore(node.nats, { now: clock.now });
    for (let n = 0; n < 20; n += 1) await dedup.claim(`old ${n}`, 1_000);
    clock.advance(1_000);
    for (let n = 0; n < 10; n += 1) await dedup.claim(`new ${n}`, 1_000);
    const left = async () =>
      (await node.nats.jsm.streams.info(node.nats.names.claims)).state.messages;
    await vi.waitFor(async () => expect(await left()).toBe(10), soon);
    await expect(dedup.claim("long", 1e12)).rejects.toThrow(NatsSettingsError);
  });

  it("refuse an event above max_payload, and say so", async () => {
    await using node = await openNode();
    const append = (length: number) =>
      node.history.append("large:1", entry("x".repeat(length)), LOG);
    await append(800_000);
    await expect(append(1_100_000)).rejects.toThrow(NatsRefusedError);
    await expect(append(1_100_000)).rejects.toThrow(/max_payload/);
    expect(await node.history.read("large:1")).toMatchObject({ offset: 1 });
  });
});

describe("openNats", () => {
  it("refuses a stream of its name that holds something else", async () => {
    await using node = await openNode();
    await node.nats.jsm.streams.add({ name: "taken_history", subjects: ["else.>"] });
    const opening = openNats({ connection: node.connection, prefix: "taken" });
    await expect(opening).rejects.toThrow(/choose another prefix/);
    await expect(openNats({ connection: node.connection, prefix: "a.b" })).rejects.toThrow(
      NatsSettingsError,
    );
  });

  it("refuses everything on a connection that is closed", async () => {
    const node = await openNode();
    await node.connection.close();
    await expect(node.history.read("closed:1")).rejects.toThrow(NatsUnavailableError);
    await expect(node.nats.ping()).rejects.toThrow(NatsUnavailableError);
    await node[Symbol.asyncDispose]();
  });
});
