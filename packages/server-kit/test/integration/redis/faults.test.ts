import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  openRedis,
  RedisSettingsError,
  RedisTimeoutError,
  RedisUnavailableError,
  redisStores,
} from "../../../src/redis/index.js";
import type { BrokerState } from "../../../src/store/broker.js";
import type { ChannelEvent } from "../../../src/store/event.js";
import type { Keep } from "../../../src/store/history-store.js";
import { cuttableLine, freePort, type RedisServer, startRedis } from "../../support/redis.js";

const LOG: Keep = { mode: "log", size: 100_000, ttlMs: 3_600_000 };
const soon = { timeout: 20_000, interval: 20 };
const entry = (data: unknown) => ({ data, timestamp: Date.now() });

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis(["--appendonly", "yes", "--appendfsync", "always"]);
});

afterAll(() => server[Symbol.asyncDispose]());

/** Opens Redis by one line and collects what its broker says. */
async function openNode(url: string, timeoutMs: number) {
  const redis = await openRedis({ url, timeoutMs });
  const stores = redisStores(redis, { persistence: "always" });
  const events: ChannelEvent[] = [];
  const states: BrokerState["is"][] = [];
  stores.broker.onEvent((event) => events.push(event));
  stores.broker.onState(({ is }) => states.push(is));
  return { redis, ...stores, events, states, [Symbol.asyncDispose]: redis[Symbol.asyncDispose] };
}

describe("a Redis that is killed and started again (F7)", () => {
  it("has every acknowledged append with appendfsync always, under the same epoch", async () => {
    await using node = await openNode(server.url, 2_000);
    await node.broker.subscribe("kill:1");
    const { epoch } = await node.history.read("kill:1");
    const acknowledged: number[] = [];
    const refused: unknown[] = [];
    const refuse = async (error: unknown) => {
      refused.push(error);
      await sleep(5); // what is refused at once is tried again at once otherwise
    };
    let n = 0;
    for (const turn of [1, 2]) {
      let killed = false;
      const writers = Array.from({ length: 5 }, async () => {
        while (!killed) {
          n += 1;
          const appended = await node.history.append("kill:1", entry(n), LOG).catch(refuse);
          if (appended) acknowledged.push(appended.offset);
        }
      });
      await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(turn * 100), soon);
      await server.kill();
      killed = true;
      await Promise.all(writers);
      await expect(node.history.read("kill:1")).rejects.toThrow(RedisUnavailableError);
      await server.start();
      await vi.waitFor(() => node.redis.ping(), soon);
    }
    const page = await node.history.read("kill:1");
    expect(page.epoch).toBe(epoch);
    const stored = new Set(page.entries.map(({ offset }) => offset));
    expect(stored.size).toBe(page.offset);
    expect(acknowledged.filter((offset) => !stored.has(offset))).toEqual([]);
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    for (const error of refused) expect(error).toMatchObject({ retryable: true });
    await vi.waitFor(() => expect(node.states.at(-1)).toBe("up"), soon);
    await node.history.append("kill:1", entry("after"), LOG);
    await vi.waitFor(() => expect(node.events.at(-1)).toMatchObject({ data: "after" }), soon);
  });
});

describe("a Redis that stands still (F8)", () => {
  it("has every append rejected in time, takes up no memory meanwhile, and goes on afterwards", async () => {
    await using node = await openNode(server.url, 500);
    await node.broker.subscribe("pause:1");
    await node.history.append("pause:1", entry("before"), LOG);
    const appendOnce = (n: number) =>
      node.history.appendOnce("pause:1", entry(n), LOG, { key: `${n}`, ttlMs: 3_600_000 });
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    server.pause();
    // Nothing here waits for the server: that all of it ends before it goes on is what is tested.
    const first = await Promise.allSettled(numbers.map(appendOnce));
    const then = await Promise.allSettled(
      Array.from({ length: 5_000 }, (_, n) => node.history.append("pause:1", entry(n), LOG)),
    );
    await expect(node.redis.ping()).rejects.toThrow(RedisUnavailableError);
    server.resume();
    for (const result of first) {
      expect(result).toMatchObject({ status: "rejected", reason: { retryable: true } });
    }
    const reasons = first.map((result) => result.status === "rejected" && result.reason);
    expect(reasons.some((reason) => reason instanceof RedisTimeoutError)).toBe(true);
    // With so much overdue already, nothing more was sent.
    const notSent = /unanswered for more than 500 ms|not connected/;
    for (const result of then) {
      expect(result).toMatchObject({ reason: { message: expect.stringMatching(notSent) } });
    }
    await vi.waitFor(() => node.redis.ping(), soon);
    // What was rejected may have been stored. With its key, saying it again makes it once in any case.
    await Promise.all(numbers.map(appendOnce));
    const { entries } = await node.history.read("pause:1");
    expect(entries).toHaveLength(201);
    expect(new Set(entries.map(({ data }) => data))).toEqual(new Set(["before", ...numbers]));
    await vi.waitFor(async () => {
      const { offset } = await node.history.append("pause:1", entry("after"), LOG);
      await vi.waitFor(() => expect(node.events.at(-1)?.offset).toBe(offset), { timeout: 500 });
    }, soon);
  });
});

describe("a line to Redis that is cut (F7)", () => {
  it("is subscribed again, says so, and what was missed is in the history", async () => {
    await using line = await cuttableLine(server.port);
    await using near = await openNode(line.url, 2_000);
    await using far = await openNode(server.url, 2_000);
    for (const channel of ["cut:1", "cut:2"]) await near.broker.subscribe(channel);
    await far.history.append("cut:1", entry(1), LOG);
    await vi.waitFor(() => expect(near.events).toHaveLength(1), soon);
    for (const turn of [1, 2, 3]) {
      near.states.length = 0;
      line.shut = true;
      line.cut();
      await vi.waitFor(() => expect(near.states).toEqual(["down"]), soon);
      await expect(near.history.read("cut:1")).rejects.toThrow(RedisUnavailableError);
      await far.history.append("cut:1", entry(`missed ${turn}`), LOG);
      line.shut = false;
      await vi.waitFor(() => expect(near.states).toEqual(["down", "up"]), soon);
      const last = near.events.findLast(({ channel }) => channel === "cut:1");
      await vi.waitFor(async () => {
        const page = await near.history.read("cut:1", { after: last?.offset ?? 0 });
        expect(page.entries.map(({ data }) => data)).toEqual([`missed ${turn}`]);
      }, soon);
      for (const channel of ["cut:1", "cut:2"]) await far.history.append(channel, entry(turn), LOG);
      await vi.waitFor(
        () => expect(near.events.slice(-2)).toMatchObject([{ data: turn }, { data: turn }]),
        soon,
      );
    }
    await near.broker.unsubscribe("cut:2");
    near.states.length = 0;
    line.cut();
    await vi.waitFor(() => expect(near.states).toEqual(["down", "up"]), soon);
    const before = near.events.length;
    for (const channel of ["cut:2", "cut:1"]) await far.history.append(channel, entry("end"), LOG);
    await vi.waitFor(() => expect(near.events.length).toBeGreaterThan(before), soon);
    expect(near.events.slice(before)).toMatchObject([{ channel: "cut:1", data: "end" }]);
  });
});

describe("a line to Redis that falls silent (F13)", () => {
  it("is found dead without anybody being told, and replaced", async () => {
    await using line = await cuttableLine(server.port);
    await using near = await openNode(line.url, 400);
    await using far = await openNode(server.url, 2_000);
    await near.broker.subscribe("silent:1");
    line.silent = true;
    const refused = near.history.append("silent:1", entry("never sent"), LOG);
    await expect(refused).rejects.toThrow(RedisTimeoutError);
    await vi.waitFor(() => expect(near.states).toEqual(["down"]), soon);
    line.silent = false;
    await vi.waitFor(() => expect(near.states).toEqual(["down", "up"]), soon);
    await vi.waitFor(() => near.redis.ping(), soon);
    await far.history.append("silent:1", entry("heard"), LOG);
    await vi.waitFor(() => expect(near.events.map(({ data }) => data)).toEqual(["heard"]), soon);
  });
});

describe("openRedis", () => {
  it("says that nobody is there", async () => {
    const opening = openRedis({ url: `redis://127.0.0.1:${await freePort()}`, timeoutMs: 2_000 });
    await expect(opening).rejects.toThrow(RedisUnavailableError);
    await expect(opening).rejects.toThrow(/cannot be reached/);
  });

  it("refuses an address that cannot be meant", async () => {
    const both = { url: server.url, cluster: { nodes: [] } };
    await expect(openRedis(both)).rejects.toThrow(RedisSettingsError);
    await expect(openRedis(both)).rejects.toThrow(/one of url, sentinel and cluster/);
  });

  it("refuses everything after it was closed, twice even", async () => {
    const redis = await openRedis({ url: server.url });
    await redis[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    await expect(redis.ping()).rejects.toThrow(RedisUnavailableError);
    await expect(redis.subscriber.subscribe("a", () => {})).rejects.toThrow(RedisUnavailableError);
  });
});
