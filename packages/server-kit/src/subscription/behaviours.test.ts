import { defineContract, latest, log, table } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createHub } from "../hub/create-hub.js";
import type { HubOptions } from "../hub/options.js";
import type { AccessRequest, Credentials } from "../inbound/policy.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import type { HistoryQuery, HistoryStore } from "../store/history-store.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";

const contract = defineContract({
  channels: {
    price: latest("price", z.number()),
    rows: table("rows", z.object({ id: z.string(), n: z.number() }), { key: "id" }),
    log: log("log", z.number(), { history: { size: 3 } }),
  },
});

async function setUp(options: Partial<HubOptions<typeof contract>> = {}) {
  const clock = fakeClock();
  const hub = createHub({ contract, clock, authorize: () => true, ...options });
  const client = await fakeClient(hub.gate);
  await settled(); // the greeting
  /** Sends and returns what came of it. */
  const say = async (...messages: object[]) => {
    const before = client.sent.length;
    for (const message of messages) client.receive(message);
    await settled();
    return client.sent.slice(before);
  };
  return { hub, clock, client, say };
}

describe("a snapshot", () => {
  it("is not made for whoever missed nothing, and is for whoever lost its place (E3, E4)", async () => {
    const { hub, say } = await setUp();
    await hub.publish(contract.price(), 1);
    await hub.publish(contract.rows(), { id: "a", n: 1 });
    for (const [channel, snapshot] of [
      ["price", 1],
      ["rows", [{ id: "a", n: 1 }]],
    ] as const) {
      const [first] = await say({ type: "subscribe", channel });
      expect(first).toMatchObject({ recovery: "fresh", snapshot });
      if (first?.type !== "subscribed") throw new Error("not subscribed");
      const since = { epoch: first.epoch, offset: first.offset };
      const [again] = await say({ type: "subscribe", channel, since });
      expect(again).toMatchObject({ recovery: "nothing-missed" });
      expect(again).not.toHaveProperty("snapshot");
      const [lost] = await say({ type: "subscribe", channel, since: { ...since, epoch: "old" } });
      expect(lost).toMatchObject({ recovery: "fresh", snapshot });
    }
  });

  it("that cannot be read now is refused as passing, and is there at the next try (E3)", async () => {
    const inner = memoryHistoryStore();
    let down = true;
    const reads: (HistoryQuery | undefined)[] = [];
    const history: HistoryStore = {
      ...inner,
      read(channel, query) {
        reads.push(query);
        return down ? Promise.reject(new Error("down")) : inner.read(channel, query);
      },
    };
    const { hub, say } = await setUp({ history });
    await hub.publish(contract.price(), 1);
    const subscribe = { type: "subscribe", id: "s", channel: "price" };
    expect(await say(subscribe)).toMatchObject([{ type: "error", id: "s", code: "internal" }]);
    expect(hub.subscriptions.size).toBe(0);
    down = false;
    expect(await say(subscribe)).toMatchObject([{ type: "subscribed", snapshot: 1 }]);
    expect(reads).toHaveLength(2);
  });
});

describe("a position that cannot be recovered", () => {
  it.each([
    ["expired", (epoch: string) => ({ epoch, offset: 1 }), { from: 2, to: 9 }],
    ["unknown-position", (epoch: string) => ({ epoch, offset: 50 }), { from: 1, to: 9 }],
    ["epoch-changed", () => ({ epoch: "old", offset: 8 }), { from: 1, to: 9 }],
  ])(
    "is told as %s, with what is lost counted and nothing replayed (E2, E28)",
    async (reason, since, gap) => {
      const { hub, say, client } = await setUp();
      for (let n = 1; n <= 9; n += 1) await hub.publish(contract.log(), n);
      const { epoch } = await hub.read(contract.log());
      expect(await say({ type: "subscribe", channel: "log", since: since(epoch) })).toMatchObject([
        { type: "subscribed", offset: 9, recovery: "gap", gap: { ...gap, reason } },
      ]);
      await hub.publish(contract.log(), 10);
      await settled();
      expect(client.got("event").map(({ offset }) => offset)).toEqual([10]);
    },
  );
});

describe("a reader that cannot keep up with a value", () => {
  it("gets the newest one when it can, not everything that went by (C4, C5, E30)", async () => {
    const { hub, client, say } = await setUp();
    await say({ type: "subscribe", channel: "rows" });
    client.stall();
    const last = 500;
    for (let n = 1; n <= last; n += 1) {
      await hub.publish(contract.rows(), { id: `row ${n % 2}`.repeat(1_000), n });
      await settled();
    }
    const before = client.got("event").length;
    expect(hub.stats().queuedBytes).toBeLessThan(200_000);
    client.drain();
    await settled();
    const events = client.got("event").slice(before);
    expect(events.length).toBeLessThan(50);
    expect(Object(events.at(-1)?.data).n).toBe(last);
    // none of what was left out is left out of the count
    const patches = client.got("patch").length;
    const skipped = events.reduce((sum, { conflated = 0 }) => sum + conflated, 0);
    expect(before + events.length + patches + skipped).toBe(last);
    expect(client.ending).toBeUndefined();
  });
});

describe("a recovery", () => {
  it("skips neither authentication nor authorization (E22)", async () => {
    const proven: Credentials[] = [];
    const asked: AccessRequest[] = [];
    let allowed = true;
    const { hub } = await setUp({
      authenticate(credentials) {
        proven.push(credentials);
        return credentials.token === "good" ? { userId: "ann" } : null;
      },
      authorize(request) {
        asked.push(request);
        return allowed;
      },
    });
    await hub.publish(contract.log(), 1);
    const { epoch } = await hub.read(contract.log());
    const comeBack = async (token: string) => {
      const client = await fakeClient(hub.gate);
      client.receive({ type: "auth", token });
      client.receive({ type: "subscribe", channel: "log", since: { epoch, offset: 0 } });
      await settled();
      return client;
    };
    expect((await comeBack("good")).got("event")).toHaveLength(1);
    const stranger = await comeBack("bad");
    expect([stranger.got("subscribed"), stranger.got("event")]).toEqual([[], []]);
    expect(stranger.ending).toMatchObject({ code: 4501 });
    allowed = false;
    const refused = await comeBack("good");
    expect(refused.got("error")).toMatchObject([{ code: "forbidden" }]);
    expect(refused.got("event")).toEqual([]);
    expect(proven.filter(({ token }) => token !== undefined)).toHaveLength(3);
    expect(asked).toHaveLength(2);
  });
});

describe("a connection", () => {
  it("that does not say who it is in time is closed, and says it twice without harm (E20)", async () => {
    const options = {
      authenticate: ({ token }: Credentials) => (token === undefined ? null : { userId: token }),
    };
    const late = await setUp(options);
    late.clock.advance(3_000);
    expect(late.client.ending).toMatchObject({ code: 4501 });
    const twice = await setUp(options);
    await twice.say({ type: "auth", token: "ann" });
    expect(await twice.say({ type: "auth", id: "2", token: "ann" })).toMatchObject([
      { type: "authenticated", id: "2" },
    ]);
    expect(twice.client.ending).toBeUndefined();
  });

  it("is told of a request whose id is in use, and the first of the two is carried out (E20)", async () => {
    const { say } = await setUp({
      authorize: () => new Promise((resolve) => setImmediate(() => resolve(true))),
    });
    const answers = await say(
      { type: "subscribe", id: "1", channel: "log" },
      { type: "subscribe", id: "1", channel: "price" },
    );
    await settled();
    expect(answers).toMatchObject([
      { type: "error", id: "1", code: "duplicate-id" },
      { type: "subscribed", id: "1", channel: "log" },
    ]);
  });
});
