import { expect, it, vi } from "vitest";
import { openRedis, RedisUnavailableError, redisStores } from "../../../src/redis/index.js";
import type { ChannelEvent } from "../../../src/store/event.js";
import type { Keep } from "../../../src/store/history-store.js";
import { startRedis } from "../../support/redis.js";

const LOG: Keep = { mode: "log", size: 1_000, ttlMs: 3_600_000 };
const soon = { timeout: 25_000, interval: 50 };
const entry = (data: unknown) => ({ data, timestamp: Date.now() });

it("follows the master that the sentinels name, with its subscriptions and under new epochs", async () => {
  await using master = await startRedis();
  await using replica = await startRedis(["--replicaof", `127.0.0.1 ${master.port}`]);
  await using sentinel = await startRedis([], {
    sentinel: [
      `sentinel monitor main 127.0.0.1 ${master.port} 1`,
      "sentinel down-after-milliseconds main 500",
      "sentinel failover-timeout main 5000",
    ].join("\n"),
  });
  await vi.waitFor(async () => {
    expect(await replica.cli("INFO", "replication")).toContain("master_link_status:up");
    expect(await sentinel.cli("SENTINEL", "REPLICAS", "main")).toContain(String(replica.port));
  }, soon);

  const nodes = [{ host: "127.0.0.1", port: sentinel.port }];
  const unknown = openRedis({ sentinel: { name: "other", nodes } });
  await expect(unknown).rejects.toThrow(/knows no master "other"/);

  await using redis = await openRedis({ sentinel: { name: "main", nodes }, timeoutMs: 1_000 });
  const { broker, history } = redisStores(redis);
  const events: ChannelEvent[] = [];
  const states: string[] = [];
  broker.onEvent((event) => events.push(event));
  broker.onState(({ is }) => states.push(is));
  await broker.subscribe("a:1");
  const before = await history.append("a:1", entry("before"), LOG);
  await vi.waitFor(() => expect(events).toMatchObject([{ data: "before" }]), soon);
  await vi.waitFor(async () => {
    expect(await replica.cli("INFO", "keyspace")).toContain("keys=");
  }, soon);

  await master.kill();
  await expect(history.append("a:1", entry("lost"), LOG)).rejects.toThrow(RedisUnavailableError);
  await vi.waitFor(() => redis.ping(), soon);
  await vi.waitFor(() => expect(states).toEqual(["down", "up"]), soon);

  const after = await history.append("a:1", entry("after"), LOG);
  // Nobody knows what the replica had not heard of: so what it has goes by another name.
  expect(after.epoch).not.toBe(before.epoch);
  await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ data: "after" }), soon);
  const page = await history.read("a:1");
  expect(page.entries.map(({ data }) => data)).toEqual(["before", "after"]);
  expect(page.epoch).toBe(after.epoch);
});
