import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  openRedis,
  type Redis,
  redisBroker,
  redisDedupStore,
  redisHistoryStore,
  redisPresenceStore,
  redisStores,
} from "../../../src/redis/index.js";
import type { ChannelEvent } from "../../../src/store/event.js";
import type { Keep } from "../../../src/store/history-store.js";
import {
  describeBroker,
  describeDedupStore,
  describeHistoryStore,
  describePresenceStore,
  fakeClock,
} from "../../../src/testing/index.js";
import { startCluster, type TestCluster } from "../../support/redis-cluster.js";

const LOG: Keep = { mode: "log", size: 1_000, ttlMs: 3_600_000 };
const soon = { timeout: 25_000, interval: 50 };
const timeoutMs = 20_000;

let cluster: TestCluster;
let redis: Redis;
let runs = 0;

const ownPrefix = () => {
  runs += 1;
  return `run-${runs}`;
};

/** Opens the cluster, given one of its nodes only. */
const open = (timeout = timeoutMs) => {
  const nodes = cluster.nodes.slice(-1).map(({ port }) => ({ host: "127.0.0.1", port }));
  return openRedis({ cluster: { nodes }, timeoutMs: timeout });
};

beforeAll(async () => {
  cluster = await startCluster();
  redis = await open();
});

afterAll(async () => {
  await redis[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

describeHistoryStore(
  "Redis Cluster",
  async () => {
    const clock = fakeClock();
    const settings = { prefix: ownPrefix(), timeoutMs, now: clock.now, failover: true };
    const create = () =>
      redisHistoryStore(redis.client, { ...settings, persistence: "everysec", announce: true });
    return {
      store: create(),
      now: clock.now,
      advance: async (ms) => clock.advance(ms),
      restart: async () => create(),
      async [Symbol.asyncDispose]() {},
    };
  },
  { appendsOnce: true },
);

describeDedupStore("Redis Cluster", async () => {
  const clock = fakeClock();
  const store = redisDedupStore(redis.client, { prefix: ownPrefix(), timeoutMs, now: clock.now });
  return {
    store,
    advance: async (ms) => clock.advance(ms),
    restart: async () => store,
    async [Symbol.asyncDispose]() {},
  };
});

describePresenceStore("Redis Cluster", async () => {
  const clock = fakeClock();
  const settings = { prefix: ownPrefix(), timeoutMs, now: clock.now };
  return {
    store: redisPresenceStore(redis.client, settings),
    advance: async (ms) => clock.advance(ms),
    async [Symbol.asyncDispose]() {},
  };
});

describeBroker("Redis Cluster", async () => {
  const prefix = ownPrefix();
  const nodes = await Promise.all([open(), open()]);
  const [a, b] = nodes.map((node) => redisBroker(node, { prefix, timeoutMs }));
  if (!a || !b) throw new Error("two nodes were to be made");
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]();
    },
  };
});

describe("a cluster that changes", () => {
  it("is followed when the slot of a channel moves to another master", async () => {
    await using near = await open();
    await using far = await open();
    const [atNear, atFar] = [redisStores(near).broker, redisStores(far).broker];
    const offsets: number[] = [];
    const states: string[] = [];
    atNear.onEvent(({ offset }) => offsets.push(offset));
    atNear.onState(({ is }) => states.push(is));
    await atNear.subscribe("moving:1");
    const signal = {
      channel: "moving:1",
      mode: "signal",
      epoch: "e",
      data: 1,
      timestamp: 1,
    } as const;
    await atFar.publish({ ...signal, offset: 1 });
    await vi.waitFor(() => expect(offsets).toEqual([1]), soon);

    const slot = await cluster.nodes[0]!.cli("CLUSTER", "KEYSLOT", "{tocsin:moving:1}");
    const masters = await Promise.all(["a", "b", "c"].map((key) => cluster.masterOf(key)));
    const from = await cluster.masterOf("{tocsin:moving:1}");
    const to = masters.find((master) => master !== from)!;
    const id = await to.cli("CLUSTER", "MYID");
    for (const node of [to, from]) await node.cli("CLUSTER", "SETSLOT", slot, "NODE", id);
    await vi.waitFor(() => expect(states).toEqual(["down", "up"]), soon);
    await atFar.publish({ ...signal, offset: 2 });
    await vi.waitFor(() => expect(offsets).toEqual([1, 2]), soon);
  });

  it("goes on with the replica of a master that died, subscriptions included, under new epochs", async () => {
    await using node = await open(1_000);
    const { broker, history } = redisStores(node);
    const events: ChannelEvent[] = [];
    const states: string[] = [];
    broker.onEvent((event) => events.push(event));
    broker.onState(({ is }) => states.push(is));
    const channels = ["a:1", "b:1", "c:1", "d:1", "e:1", "f:1"]; // on all three masters
    for (const channel of channels) await broker.subscribe(channel);
    const write = (data: string) =>
      Promise.all(
        channels.map((channel) =>
          history.append(channel, { data, timestamp: 0 }, { ...LOG, ttlMs: 1e15 }),
        ),
      );
    const before = await write("before");
    await vi.waitFor(() => expect(events).toHaveLength(channels.length), soon);

    const lost = await cluster.masterOf("{tocsin:a:1}");
    const homes = await Promise.all(channels.map((name) => cluster.masterOf(`{tocsin:${name}}`)));
    await lost.kill();
    await vi.waitFor(() => expect(states).toEqual(["down", "up"]), soon);
    const after = await vi.waitFor(() => write("after"), soon);

    await vi.waitFor(() => {
      const arrived = events.filter(({ data }) => data === "after").map(({ channel }) => channel);
      expect(new Set(arrived)).toEqual(new Set(channels));
    }, soon);
    for (const [index, { epoch }] of after.entries()) {
      const moved = homes[index] === lost;
      expect([channels[index], epoch !== before[index]?.epoch]).toEqual([channels[index], moved]);
    }
  });
});
