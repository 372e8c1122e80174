import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  openRedis,
  type Redis,
  RedisRefusedError,
  RedisUnavailableError,
  redisDedupStore,
  redisHistoryStore,
  redisPresenceStore,
  redisStores,
  UnstorableDataError,
} from "../../../src/redis/index.js";
import type { Keep } from "../../../src/store/history-store.js";
import { fakeClock } from "../../../src/testing/index.js";
import { type RedisServer, startRedis } from "../../support/redis.js";

const LOG: Keep = { mode: "log", size: 1_000, ttlMs: 3_600_000 };
const TABLE: Keep = { mode: "table" };
const soon = { timeout: 20_000, interval: 10 };
const timeoutMs = 20_000;
const entry = (data: unknown, key?: string) => ({
  data,
  timestamp: Date.now(),
  ...(key !== undefined && { key }),
});

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = await openRedis({ url: server.url, timeoutMs });
});

beforeEach(async () => {
  await server.cli("FLUSHALL");
});

afterAll(async () => {
  await redis[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const stored = async (channel: string) =>
  (await redisHistoryStore(redis.client, { timeoutMs }).read(channel)).entries.map(
    ({ data }) => data,
  );

describe("the keys of a channel", () => {
  it("are those of the documentation, and share one hash tag", async () => {
    const { history, presence, dedup } = redisStores(redis);
    await history.append("fills:1", entry(1), LOG);
    await history.append("book:1", entry(1, "row"), TABLE);
    await history.append("book:1", { ...entry(null, "gone"), removed: true }, TABLE);
    await history.append("price:1", entry(1), { mode: "latest" });
    await history.appendOnce("fills:1", entry(2), LOG, { key: "k", ttlMs: 60_000 });
    await presence.join("fills:1", { clientId: "c", since: 1 });
    await dedup.claim("a key", 60_000);
    const keys = (await server.cli("KEYS", "*")).split("\n").sort();
    expect(keys).toEqual([
      "tocsin:claim:a key",
      "{tocsin:book:1}:living",
      "{tocsin:book:1}:meta",
      "{tocsin:book:1}:removed",
      "{tocsin:book:1}:rows",
      "{tocsin:fills:1}:ends",
      "{tocsin:fills:1}:log",
      "{tocsin:fills:1}:members",
      "{tocsin:fills:1}:meta",
      "{tocsin:fills:1}:once:k",
      "{tocsin:price:1}:meta",
    ]);
  });

  it("are never those of another channel, whatever is in the names (A33)", async () => {
    const history = redisHistoryStore(redis.client, { timeoutMs });
    const names = ["x", "x}", "{x", "{x}", "x}:log", "x\\u007d", "x}:once:k", "\ud800", "\ud801"];
    for (const name of names) {
      const once = { key: name, ttlMs: 60_000 };
      expect(await history.appendOnce(name, entry(name), LOG, once)).toMatchObject({ offset: 1 });
    }
    for (const name of names) expect(await stored(name)).toEqual([name]);
  });

  it("leave by themselves when what they are for is over", async () => {
    const history = redisHistoryStore(redis.client, { timeoutMs, forgetAfterMs: 100 });
    const { epoch } = await history.append("a:1", entry(1), { mode: "latest" });
    await history.append("a:2", entry(1, "row"), TABLE);
    await history.read("never written");
    await redisDedupStore(redis.client, { timeoutMs }).claim("k", 50);
    await redisPresenceStore(redis.client, { ttlMs: 50 }).join("a:1", { clientId: "c", since: 1 });
    await vi.waitFor(async () => {
      expect(await server.cli("KEYS", "*")).toBe("{tocsin:never written}:meta");
    }, soon);
    expect(Number(await server.cli("PTTL", "{tocsin:never written}:meta"))).toBeGreaterThan(0);
    expect((await history.read("a:1")).epoch).not.toBe(epoch);
  });
});

describe("a channel that lost some of its keys", () => {
  it("says what of a log is missing", async () => {
    const history = redisHistoryStore(redis.client, { timeoutMs });
    const { epoch } = await history.append("a:1", entry(1), LOG);
    await history.append("a:1", entry(2), LOG);
    await server.cli("DEL", "{tocsin:a:1}:log");
    expect(await history.read("a:1")).toEqual({ epoch, offset: 2, complete: 2, entries: [] });
    await history.append("a:1", entry(3), LOG);
    expect(await history.read("a:1")).toMatchObject({
      epoch,
      complete: 2,
      entries: [{ offset: 3 }],
    });
  });

  it.each(["rows", "living", "removed"])(
    "starts anew when a table has lost its %s",
    async (lost) => {
      const history = redisHistoryStore(redis.client, { timeoutMs });
      const { epoch } = await history.append("a:1", entry(1, "x"), TABLE);
      await history.append("a:1", { ...entry(null, "y"), removed: true }, TABLE);
      await server.cli("DEL", `{tocsin:a:1}:${lost}`);
      const page = await history.read("a:1", { after: 1 });
      expect(page).toMatchObject({ offset: 0, entries: [] });
      expect(page.epoch).not.toBe(epoch);
      expect(await history.read("a:1")).toEqual(page);
    },
  );

  it("takes no old entries for its own when the meta data are lost", async () => {
    const history = redisHistoryStore(redis.client, { timeoutMs });
    const once = { key: "k", ttlMs: 60_000 };
    const first = await history.appendOnce("a:1", entry("first"), LOG, once);
    await server.cli("DEL", "{tocsin:a:1}:meta");
    const again = await history.appendOnce("a:1", entry("again"), LOG, once);
    expect(again).toMatchObject({ offset: 1, duplicate: false });
    expect(again.epoch).not.toBe(first.epoch);
    expect(await stored("a:1")).toEqual(["again"]);
  });
});

describe("a server in trouble", () => {
  it("is told its scripts again when it has forgotten them", async () => {
    const history = redisHistoryStore(redis.client, { timeoutMs });
    await history.append("a:1", entry(0), LOG);
    await server.cli("SCRIPT", "FLUSH");
    const appends = Array.from({ length: 20 }, (_, n) => history.append("a:1", entry(n + 1), LOG));
    await Promise.all(appends);
    expect(await stored("a:1")).toEqual(Array.from({ length: 21 }, (_, n) => n));
  });

  it("refuses an append without memory before anything has changed, and can still be read (F8)", async () => {
    const history = redisHistoryStore(redis.client, { timeoutMs });
    await history.append("a:1", entry(1), { ...LOG, size: 1 });
    await server.cli("CONFIG", "SET", "maxmemory", "1");
    const refused = history.append("a:1", entry(2), { ...LOG, size: 1 });
    await expect(refused).rejects.toThrow(RedisUnavailableError);
    await expect(refused).rejects.toThrow(/OOM/);
    expect(await stored("a:1")).toEqual([1]);
    await server.cli("CONFIG", "SET", "maxmemory", "0");
    expect(await history.append("a:1", entry(2), LOG)).toMatchObject({ offset: 2 });
  });

  it("does not make it look worth trying again when a key has another type", async () => {
    await server.cli("SET", "{tocsin:a:1}:meta", "text");
    const refused = redisHistoryStore(redis.client, { timeoutMs }).append("a:1", entry(1), LOG);
    await expect(refused).rejects.toThrow(RedisRefusedError);
    await expect(refused).rejects.toMatchObject({ retryable: false });
  });

  it("closes the connection of a user it does not know", async () => {
    const opening = openRedis({ url: server.url, connection: { username: "u", password: "p" } });
    await expect(opening).rejects.toThrow(/WRONGPASS/);
  });
});

describe("redisHistoryStore", () => {
  it("keeps a log below its most bytes, and says what is gone", async () => {
    const clock = fakeClock();
    const history = redisHistoryStore(redis.client, {
      timeoutMs,
      maxLogBytes: 10_000,
      now: clock.now,
    });
    for (let n = 1; n <= 30; n += 1) await history.append("a:1", entry("x".repeat(960)), LOG);
    const page = await history.read("a:1");
    expect(page.entries.length).toBeGreaterThan(7);
    expect(page.entries.length).toBeLessThan(11);
    expect(page).toMatchObject({ offset: 30, complete: 30 - page.entries.length });
    await history.append("a:1", entry("x".repeat(20_000)), LOG);
    expect(await history.read("a:1")).toMatchObject({ offset: 31, complete: 31, entries: [] });
  });

  it("goes by the clock of the server where no other is given", async () => {
    const history = redisHistoryStore(redis.client, { timeoutMs });
    const dedup = redisDedupStore(redis.client, { timeoutMs });
    await history.append("a:1", entry(1), { ...LOG, ttlMs: 50 });
    await dedup.claim("k", 50);
    expect(await dedup.claim("k", 50)).toMatchObject({ won: false });
    await sleep(60);
    expect(await history.read("a:1")).toMatchObject({ offset: 1, complete: 1, entries: [] });
    expect(await dedup.claim("k", 50)).toMatchObject({ won: true });
  });

  it("refuses data without a JSON form and names the channel", async () => {
    const history = redisHistoryStore(redis.client, { timeoutMs });
    const append = history.append("a:1", entry(1n), LOG);
    await expect(append).rejects.toThrow(UnstorableDataError);
    await expect(append).rejects.toThrow(/channel "a:1".*JSON/);
  });

  it("refuses a prefix that would break the hash tag", () => {
    expect(() => redisHistoryStore(redis.client, { prefix: "a}" })).toThrow(/without braces/);
  });
});

it("takes a message that is no event for what it is", async () => {
  await using node = await openRedis({ url: server.url, timeoutMs });
  const { broker, history } = redisStores(node);
  const events: unknown[] = [];
  broker.onEvent(({ data }) => events.push(data));
  await broker.subscribe("a:1");
  for (const text of ["", "1 e log {", "x e log {}", "1 e other {}", "1 %% log {}"]) {
    await server.cli("SPUBLISH", "{tocsin:a:1}:events", text);
  }
  await history.append("a:1", entry("event"), LOG);
  await vi.waitFor(() => expect(events).toEqual(["event"]), soon);
});
