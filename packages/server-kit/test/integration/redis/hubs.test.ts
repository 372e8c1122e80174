import { defineContract, log, signal, table } from "@tocsin/protocol";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createHub, type Hub } from "../../../src/index.js";
import { openRedis, type Redis, redisStores } from "../../../src/redis/index.js";
import { type FakeSocket, fakeClient } from "../../../src/testing/index.js";
import { type RedisServer, startRedis } from "../../support/redis.js";

const contract = defineContract({
  channels: {
    fills: log("fills:{id}", z.number(), { history: { size: 1_000, ttl: "1h" } }),
    book: table("book:{id}", z.object({ id: z.string(), n: z.number() }), { key: "id" }),
    hint: signal("hint:{id}", z.number()),
    room: log("room:{id}", z.number(), { history: { size: 1, ttl: "1h" }, presence: true }),
  },
});

const soon = { timeout: 20_000, interval: 10 };
const timeoutMs = 10_000;

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});

afterAll(() => server[Symbol.asyncDispose]());

/** One process of an application, as far as Redis can tell. */
interface Node extends AsyncDisposable {
  readonly redis: Redis;
  readonly hub: Hub<typeof contract>;
  /** Connects a reader that has subscribed. */
  reader(channel: string, since?: object): Promise<FakeSocket>;
}

async function startNode(presenceTtlMs = 60_000): Promise<Node> {
  const redis = await openRedis({ url: server.url, timeoutMs });
  const hub = createHub({ contract, ...redisStores(redis, { presenceTtlMs }) });
  const readers: FakeSocket[] = [];
  return {
    redis,
    hub,
    async reader(channel, since) {
      const client = await fakeClient(hub.gate);
      readers.push(client);
      client.receive({ type: "subscribe", channel, ...(since && { since }) });
      await vi.waitFor(() => expect(client.got("subscribed")).toHaveLength(1), soon);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const reader of readers) reader.hangUp();
      await hub.close({ drainWithin: "0s" });
      await redis[Symbol.asyncDispose]();
    },
  };
}

const seen = (client: FakeSocket) => client.got("event").map(({ offset, data }) => [offset, data]);

describe("two hubs on one Redis", () => {
  it("bring an event published on one to readers on both, once and in order", async () => {
    await using a = await startNode();
    await using b = await startNode();
    const channel = contract.fills({ id: "both" });
    const readers = [await a.reader(channel.name), await b.reader(channel.name)];
    const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
    await Promise.all(numbers.map((n) => (n % 2 ? a : b).hub.publish(channel, n)));
    for (const reader of readers) {
      await vi.waitFor(() => expect(seen(reader)).toHaveLength(200), soon);
      expect(seen(reader).map(([offset]) => offset)).toEqual(numbers);
    }
    // Two nodes publish at the same time, and all readers agree on what came first.
    expect(seen(readers[0]!)).toEqual(seen(readers[1]!));
  });

  it("recover on one what a reader had missed on the other, by its position", async () => {
    await using a = await startNode();
    await using b = await startNode();
    const channel = contract.fills({ id: "recovery" });
    const reader = await a.reader(channel.name);
    await a.hub.publish(channel, 1);
    await vi.waitFor(() => expect(seen(reader)).toEqual([[1, 1]]), soon);
    reader.hangUp();
    await a.hub.publish(channel, 2);
    await b.hub.publish(channel, 3);
    const { epoch } = reader.got("subscribed")[0]!;
    const back = await b.reader(channel.name, { epoch, offset: 1 });
    expect(back.got("subscribed")).toMatchObject([{ recovery: "recovered", epoch, offset: 3 }]);
    await vi.waitFor(
      () =>
        expect(seen(back)).toEqual([
          [2, 2],
          [3, 3],
        ]),
      soon,
    );
  });

  it("publish a key once, whichever of them is asked (F10)", async () => {
    await using a = await startNode();
    await using b = await startNode();
    const channel = contract.fills({ id: "key" });
    const published = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? a : b).hub.publish(channel, n, { key: "k" })),
    );
    expect(published.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(published.map(({ offset }) => offset))).toEqual(new Set([1]));
    expect(await a.hub.read(channel)).toMatchObject({ offset: 1 });
  });

  it("carry signals and rows too", async () => {
    await using a = await startNode();
    await using b = await startNode();
    const hints = await b.reader("hint:1");
    const rows = await b.reader("book:1");
    await a.hub.publish(contract.hint({ id: "1" }), 7);
    await a.hub.publish(contract.book({ id: "1" }), { id: "x", n: 1 });
    await a.hub.remove(contract.book({ id: "1" }), "x");
    await vi.waitFor(() => expect(hints.got("event")).toMatchObject([{ data: 7 }]), soon);
    await vi.waitFor(
      () =>
        expect(rows.got("event")).toMatchObject([
          { key: "x", data: { id: "x", n: 1 } },
          { key: "x", removed: true },
        ]),
      soon,
    );
  });

  it("tell of a gap when Redis was emptied, under a new epoch (F8)", async () => {
    await using a = await startNode();
    await using b = await startNode();
    const channel = contract.fills({ id: "wiped" });
    const { epoch } = await a.hub.publish(channel, 1);
    await a.hub.publish(channel, 2);
    const live = await b.reader(channel.name);
    await server.cli("FLUSHALL");
    const after = await b.hub.publish(channel, 3);
    expect(after).toMatchObject({ offset: 1 });
    expect(after.epoch).not.toBe(epoch);
    const gap = { recovery: "gap", epoch: after.epoch, gap: { reason: "epoch-changed" } };
    const back = await a.reader(channel.name, { epoch, offset: 2 });
    expect(back.got("subscribed")).toMatchObject([gap]);
    await vi.waitFor(() => expect(live.got("subscribed").at(-1)).toMatchObject(gap), soon);
  });

  it("list the members of both, and no more those of one that died", async () => {
    const ttlMs = 1_000;
    await using a = await startNode(ttlMs);
    const b = await startNode(ttlMs);
    await a.reader("room:1");
    await b.reader("room:1");
    const members = () => a.hub.members(contract.room({ id: "1" }));
    await vi.waitFor(async () => expect(await members()).toHaveLength(2), soon);
    await b.redis[Symbol.asyncDispose](); // it renews nothing and takes nothing back, as a dead one
    await vi.waitFor(async () => expect(await members()).toHaveLength(1), soon);
    await b[Symbol.asyncDispose]();
  });

  it("answer a ping while Redis does", async () => {
    await using a = await startNode();
    await a.redis.ping();
  });
});
