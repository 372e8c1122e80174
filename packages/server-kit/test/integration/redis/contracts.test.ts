import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  openRedis,
  type Redis,
  redisBroker,
  redisDedupStore,
  redisHistoryStore,
  redisPresenceStore,
} from "../../../src/redis/index.js";
import {
  describeBroker,
  describeDedupStore,
  describeHistoryStore,
  describePresenceStore,
  fakeClock,
} from "../../../src/testing/index.js";
import { checkHistoryAgainstModel } from "../../support/history-model.js";
import { type RedisServer, startRedis } from "../../support/redis.js";

/** Long, for the machine may be busy; what a timeout does is tested elsewhere. */
const timeoutMs = 20_000;

let server: RedisServer;
let redis: Redis;
let runs = 0;

/** Keys of their own keep the tests on one server apart. */
const ownPrefix = () => {
  runs += 1;
  return `run-${runs}`;
};

beforeAll(async () => {
  server = await startRedis(["--appendonly", "yes", "--appendfsync", "always"]);
  redis = await openRedis({ url: server.url, timeoutMs });
});

afterAll(async () => {
  await redis[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describeHistoryStore(
  "Redis",
  async () => {
    const clock = fakeClock();
    const prefix = ownPrefix();
    const opened: Redis[] = [];
    const open = () =>
      redisHistoryStore(redis.client, { prefix, persistence: "always", timeoutMs, now: clock.now });
    return {
      store: open(),
      now: clock.now,
      advance: async (ms) => clock.advance(ms),
      async restart() {
        const again = await openRedis({ url: server.url, timeoutMs });
        opened.push(again);
        return redisHistoryStore(again.client, { prefix, persistence: "always", now: clock.now });
      },
      async [Symbol.asyncDispose]() {
        for (const one of opened) await one[Symbol.asyncDispose]();
      },
    };
  },
  { appendsOnce: true },
);

describeHistoryStore(
  "Redis that forgets when it ends",
  async () => {
    const clock = fakeClock();
    const prefix = ownPrefix();
    const store = redisHistoryStore(redis.client, { prefix, timeoutMs, now: clock.now });
    return {
      store,
      now: clock.now,
      advance: async (ms) => clock.advance(ms),
      async restart() {
        await server.cli("FLUSHALL");
        return store;
      },
      async [Symbol.asyncDispose]() {},
    };
  },
  { appendsOnce: true },
);

describeDedupStore("Redis", async () => {
  const clock = fakeClock();
  const prefix = ownPrefix();
  const open = () => redisDedupStore(redis.client, { prefix, timeoutMs, now: clock.now });
  return {
    store: open(),
    advance: async (ms) => clock.advance(ms),
    restart: async () => open(),
    async [Symbol.asyncDispose]() {},
  };
});

describePresenceStore("Redis", async () => {
  const clock = fakeClock();
  const store = redisPresenceStore(redis.client, {
    prefix: ownPrefix(),
    timeoutMs,
    now: clock.now,
  });
  return {
    store,
    advance: async (ms) => clock.advance(ms),
    async [Symbol.asyncDispose]() {},
  };
});

describeBroker("Redis", async () => {
  const prefix = ownPrefix();
  const nodes = await Promise.all([1, 2].map(() => openRedis({ url: server.url, timeoutMs })));
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

describe("redisHistoryStore", () => {
  it("does what a naive model does, over random histories", async () => {
    await checkHistoryAgainstModel(
      async () => {
        const clock = fakeClock();
        const store = redisHistoryStore(redis.client, {
          prefix: ownPrefix(),
          timeoutMs,
          now: clock.now,
        });
        return { store, now: clock.now, advance: async (ms) => clock.advance(ms) };
      },
      { numRuns: 60 },
    );
  });

  it("says how safe an append is, as far as it was told how the server is set up", () => {
    const levels = (["none", "everysec", "always"] as const).map(
      (persistence) => redisHistoryStore(redis.client, { persistence }).durability,
    );
    expect(levels).toEqual(["none", "process-crash", "power-loss"]);
  });
});
