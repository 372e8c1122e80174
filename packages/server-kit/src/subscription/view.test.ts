import { defineContract, latest, log, table } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createHub } from "../hub/create-hub.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";

const params = z.object({ min: z.number(), max: z.number().optional() }).optional();
const item = z.object({ id: z.string(), n: z.number() });
const contract = defineContract({
  channels: {
    rows: table("rows", item, { key: "id", params }),
    events: log("events", item, { params }),
    value: latest("value", z.object({ n: z.number() })),
  },
});

async function setUp() {
  const clock = fakeClock();
  let looks = 0;
  const hub = createHub({
    contract,
    clock,
    views: {
      rows(row, wanted) {
        looks += 1;
        if (row.id === "bomb") throw new Error("cannot tell");
        return !wanted || row.n >= wanted.min ? row : undefined;
      },
      // a projection: what is seen is not what was published
      events: (event, wanted) =>
        wanted && event.n < wanted.min ? undefined : { ...event, n: event.n * 10 },
    },
  });
  const client = await fakeClient(hub.gate);
  const subscribe = async (channel: string, wanted?: object, more: object = {}) => {
    client.receive({ type: "subscribe", channel, params: wanted, ...more });
    await settled();
    return client.sent.at(-1);
  };
  const put = async (id: string, n: number) => {
    await hub.publish(contract.rows(), { id, n });
    await hub.publish(contract.events(), { id, n });
    await settled();
  };
  return { hub, client, clock, subscribe, put, looks: () => looks };
}

describe("a subscriber with params", () => {
  it("gets a snapshot of what it may see", async () => {
    const { subscribe, put } = await setUp();
    await put("a", 1);
    await put("b", 5);
    expect(await subscribe("rows", { min: 3 })).toMatchObject({ snapshot: [{ id: "b", n: 5 }] });
  });

  it("sees a row leave when it no longer fits, and come back when it does", async () => {
    const { client, subscribe, put } = await setUp();
    await put("a", 5);
    await subscribe("rows", { min: 3 });
    await put("a", 1);
    await put("a", 2);
    await put("a", 7);
    expect(client.got("event")).toMatchObject([
      { key: "a", offset: 2, removed: true },
      { key: "a", offset: 4, data: { id: "a", n: 7 } },
    ]);
  });

  it("gets offsets of the channel, so a jump is no gap", async () => {
    const { client, subscribe, put } = await setUp();
    await subscribe("events", { min: 3 });
    for (const n of [5, 1, 1, 6]) await put("x", n);
    expect(client.got("event")).toMatchObject([
      { offset: 1, data: { n: 50 } },
      { offset: 4, data: { n: 60 } },
    ]);
  });

  it("recovers the filtered history, in one numbering with everybody else", async () => {
    const { hub, subscribe, put } = await setUp();
    const first = await subscribe("events", { min: 3 });
    for (const n of [5, 1, 6]) await put("x", n);
    const later = await fakeClient(hub.gate);
    const since = { epoch: first?.type === "subscribed" ? first.epoch : "", offset: 0 };
    later.receive({ type: "subscribe", channel: "events", params: { min: 3 }, since });
    await settled();
    expect(later.got("subscribed")).toMatchObject([{ recovery: "recovered", offset: 3 }]);
    expect(later.got("event")).toMatchObject([
      { offset: 1, data: { n: 50 }, replayed: true },
      { offset: 3, data: { n: 60 }, replayed: true },
    ]);
  });

  it("sees the past through its params as well, when it asks for history", async () => {
    const { client, subscribe, put } = await setUp();
    for (const n of [5, 1]) await put("x", n);
    await subscribe("events", { min: 3 });
    client.receive({ type: "history", id: "h", channel: "events" });
    await settled();
    expect(client.got("result")).toMatchObject([{ data: { offset: 2, events: [{ offset: 1 }] } }]);
  });

  it("shares the work with everybody who has equal params, however their fields are ordered", async () => {
    const { hub, put, looks } = await setUp();
    for (const wanted of [
      { min: 1, max: 2 },
      { max: 2, min: 1 },
      { min: 1, max: 2 },
    ]) {
      const one = await fakeClient(hub.gate);
      one.receive({ type: "subscribe", channel: "rows", params: wanted });
      await settled();
    }
    const before = looks();
    await put("a", 5);
    expect(looks() - before).toBe(1);
  });

  it("starts afresh when it changes them, also when it names a position (E5)", async () => {
    const { client, subscribe, put } = await setUp();
    await put("a", 1);
    const first = await subscribe("rows", { min: 3 });
    const since = { epoch: first?.type === "subscribed" ? first.epoch : "", offset: 1 };
    expect(await subscribe("rows", { min: 0 }, { since })).toMatchObject({
      recovery: "fresh",
      snapshot: [{ id: "a", n: 1 }],
    });
    await put("a", 2);
    expect(client.got("event")).toHaveLength(1);
  });

  it("is told when its view cannot be worked out; the others go on", async () => {
    const { hub, client, subscribe, put } = await setUp();
    const plain = await fakeClient(hub.gate);
    plain.receive({ type: "subscribe", channel: "rows" });
    await subscribe("rows", { min: 3 });
    await put("bomb", 1);
    expect(client.got("unsubscribed")).toMatchObject([{ channel: "rows" }]);
    expect(plain.got("event")).toHaveLength(1);
    await put("a", 9);
    expect(plain.got("event")).toHaveLength(2);
  });
});

describe("a subscriber with a maxRate", () => {
  const publish = async ({ hub }: Awaited<ReturnType<typeof setUp>>, ...values: number[]) => {
    for (const n of values) await hub.publish(contract.value(), { n });
    await settled();
  };

  it("gets the newest value at most so often, and is told how many it skipped (E30, C4)", async () => {
    const world = await setUp();
    await world.subscribe("value", undefined, { maxRate: 2 });
    await publish(world, 1);
    await publish(world, 2, 3);
    await publish(world, 4);
    expect(world.client.got("event")).toMatchObject([{ data: { n: 1 } }]);
    world.clock.advance(499);
    await settled();
    expect(world.client.got("event")).toHaveLength(1);
    world.clock.advance(1);
    await settled();
    expect(world.client.got("event")).toMatchObject([{}, { data: { n: 4 }, conflated: 2 }]);
    world.clock.advance(5_000);
    await publish(world, 5);
    expect(world.client.got("event")).toHaveLength(3);
  });

  it("may change it while subscribed, and hears of what was held back meanwhile", async () => {
    const world = await setUp();
    const first = await world.subscribe("value", undefined, { maxRate: 1 });
    const epoch = first?.type === "subscribed" ? first.epoch : "";
    await publish(world, 1);
    await publish(world, 2);
    const since = { epoch, offset: 1 };
    expect(await world.subscribe("value", undefined, { since })).toMatchObject({
      snapshot: { n: 2 },
    });
    await publish(world, 3);
    await publish(world, 4);
    expect(world.client.got("event").slice(1)).toMatchObject([
      { data: { n: 3 } },
      { data: { n: 4 } },
    ]);
  });

  it("costs no writes for what it skips", async () => {
    const world = await setUp();
    await world.subscribe("value", undefined, { maxRate: 1 });
    const before = world.client.writes;
    for (let n = 0; n < 100; n++) await publish(world, n);
    expect(world.client.writes - before).toBe(1);
  });

  it("leaves no timer behind when it goes", async () => {
    const world = await setUp();
    await world.subscribe("value", undefined, { maxRate: 1 });
    await publish(world, 1);
    await publish(world, 2);
    world.client.hangUp();
    world.clock.advance(10_000);
    await settled();
    expect(world.client.got("event")).toHaveLength(1);
  });

  it("is refused where no event may be left out", async () => {
    const { subscribe } = await setUp();
    expect(await subscribe("events", undefined, { maxRate: 1 })).toMatchObject({
      type: "error",
      code: "unsupported",
      details: { field: "maxRate" },
    });
  });
});
