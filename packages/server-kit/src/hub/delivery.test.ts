import { defineContract, latest, log, type ServerMessage, signal, table } from "@tocsin/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryHistoryStore } from "../store/history-memory.js";
import type { HistoryStore } from "../store/history-store.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import { createHub } from "./create-hub.js";

const contract = defineContract({
  channels: {
    price: latest("price", z.number()),
    rows: table("rows", z.object({ id: z.string(), n: z.number() }), { key: "id" }),
    log: log("log", z.number(), { history: { size: 1_000, ttl: "1h" } }),
    hint: signal("hint", z.number()),
  },
});

/** A history store whose reads wait until the test lets them go. */
function gatedHistory(inner: HistoryStore) {
  const waiting: (() => void)[] = [];
  const store: HistoryStore = {
    ...inner,
    async read(channel, query) {
      const before = await inner.read(channel, query);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return before;
    },
  };
  return { store, release: () => waiting.splice(0).forEach((go) => void go()) };
}

function logged(messages: readonly ServerMessage[]): number[] {
  return messages.flatMap((m) =>
    m.type === "event" && m.channel === "log" ? [Number(m.data)] : [],
  );
}

describe("the seam between history and live events", () => {
  it("delivers what arrives while history is read once, after the snapshot", async () => {
    const { store, release } = gatedHistory(memoryHistoryStore());
    const hub = createHub({ contract, history: store });
    const client = await fakeClient(hub.gate);
    await hub.publish(contract.price(), 1);
    client.receive({ type: "subscribe", channel: "price" });
    await settled();
    await hub.publish(contract.price(), 2);
    release();
    await settled();
    expect(client.sent.slice(1)).toMatchObject([
      { type: "subscribed", offset: 1, snapshot: 1 },
      { type: "event", offset: 2, data: 2 },
    ]);
  });

  it("does not send an event twice that is in the snapshot and still on its way in this turn", async () => {
    const hub = createHub({ contract });
    const client = await fakeClient(hub.gate);
    const other = await fakeClient(hub.gate);
    other.receive({ type: "subscribe", channel: "log" });
    await settled();
    const publishing = hub.publish(contract.log(), 1);
    client.receive({ type: "subscribe", channel: "log", rewind: 10 });
    await publishing;
    await settled();
    const snapshot = client.got("subscribed")[0]?.snapshot;
    const inSnapshot = Array.isArray(snapshot) ? snapshot.length : 0;
    expect(inSnapshot + logged(client.sent).length).toBe(1);
    expect(logged(other.sent)).toEqual([1]);
  });

  it("loses and repeats nothing in a log, whatever the interleaving of publish, cut, join and read", async () => {
    const step = fc.constantFrom("publish", "publish", "release", "turn", "cut", "stall", "drain");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const { store, release } = gatedHistory(memoryHistoryStore());
        const hub = createHub({ contract, history: store });
        const seen: number[] = [];
        let since = { epoch: await memoryEpoch(store, release), offset: 0 };
        let client = await fakeClient(hub.gate);
        const join = () => client.receive({ type: "subscribe", channel: "log", since });
        const take = () => {
          seen.push(...logged(client.sent));
          since = { ...since, offset: seen.at(-1) ?? 0 };
        };
        join();
        let published = 0;
        for (const what of steps) {
          if (what === "publish") await hub.publish(contract.log(), ++published);
          else if (what === "release") release();
          else if (what === "turn") await settled();
          else if (what === "stall") client.stall();
          else if (what === "drain") client.drain();
          else {
            take();
            client.hangUp();
            client = await fakeClient(hub.gate);
            join();
          }
        }
        for (let i = 0; i < 4; i++) {
          release();
          await settled();
        }
        client.drain();
        await settled();
        take();
        expect(seen).toEqual(Array.from({ length: published }, (_, n) => n + 1));
        expect(client.got("subscribed").every(({ recovery }) => recovery !== "gap")).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

async function memoryEpoch(store: HistoryStore, release: () => void): Promise<string> {
  const reading = store.read("log", { limit: 0 });
  await settled();
  release();
  return (await reading).epoch;
}

describe("delivery", () => {
  it("costs one write per reader and turn, however many events", async () => {
    const hub = createHub({ contract });
    const clients = await Promise.all(Array.from({ length: 5 }, () => fakeClient(hub.gate)));
    for (const client of clients) client.receive({ type: "subscribe", channel: "log" });
    await settled();
    const before = clients.map(({ writes }) => writes);
    await Promise.all(Array.from({ length: 20 }, (_, n) => hub.publish(contract.log(), n)));
    await settled();
    expect(clients.map(({ writes }, i) => writes - (before[i] ?? 0))).toEqual([1, 1, 1, 1, 1]);
    for (const client of clients) expect(logged(client.sent)).toHaveLength(20);
  });

  it("encodes nothing on a channel without readers", async () => {
    const hub = createHub({
      contract,
      codecs: [
        {
          subprotocol: undefined,
          binary: false,
          parse: () => ({ ok: false, message: "" }),
          serialize() {
            throw new Error("nobody reads this");
          },
        },
      ],
    });
    await hub.publish(contract.log(), 1);
    await settled();
    expect(hub.stats()).toMatchObject({ published: 1, delivered: 0 });
  });

  it("serves each mode its snapshot and its changes", async () => {
    const hub = createHub({ contract });
    await hub.publish(contract.price(), 7);
    await hub.publish(contract.rows(), { id: "a", n: 1 });
    const client = await fakeClient(hub.gate);
    for (const channel of ["price", "rows", "hint"]) client.receive({ type: "subscribe", channel });
    await settled();
    const snapshots = client.got("subscribed").map(({ channel, snapshot }) => [channel, snapshot]);
    expect(Object.fromEntries(snapshots)).toEqual({
      price: 7,
      rows: [{ id: "a", n: 1 }],
      hint: undefined,
    });
    await hub.publish(contract.rows(), { id: "b", n: 2 });
    await hub.remove(contract.rows(), "a");
    await hub.publish(contract.hint(), 3);
    await settled();
    expect(client.got("event")).toMatchObject([
      { channel: "rows", key: "b", data: { id: "b", n: 2 } },
      { channel: "rows", key: "a", removed: true },
      { channel: "hint", data: 3 },
    ]);
  });

  it("closes a log reader that falls too far behind so that it can come back and recover", async () => {
    const hub = createHub({ contract, limits: { outboxBytes: 4_096 } });
    const client = await fakeClient(hub.gate);
    client.receive({ type: "subscribe", channel: "log" });
    await settled();
    client.stall();
    for (let n = 0; n < 2_000 && !client.ending; n++) {
      await hub.publish(contract.log(), n);
      if (n % 50 === 0) await settled();
    }
    await settled();
    expect(client.ending).toMatchObject({ by: "close", code: 4008 });
    expect(hub.stats().rejected).toMatchObject({ outbox: { "slow-consumer": 1 } });
  });

  it("tells a reader whose channel was numbered anew, instead of skipping events in silence (F5)", async () => {
    const history = memoryHistoryStore({ maxChannels: 1 });
    const hub = createHub({ contract, history });
    const client = await fakeClient(hub.gate);
    await hub.publish(contract.log(), 1);
    client.receive({ type: "subscribe", channel: "log" });
    await settled();
    await hub.publish(contract.price(), 1); // pushes the log out of a store that holds one channel
    await hub.publish(contract.log(), 2);
    await settled();
    expect(client.got("subscribed")[1]).toMatchObject({
      recovery: "gap",
      gap: { from: 1, to: 1, reason: "epoch-changed" },
    });
  });

  it("leaves no trace of a connection that is gone (F17)", async () => {
    const hub = createHub({ contract, clock: fakeClock() });
    for (let round = 0; round < 20; round++) {
      const client = await fakeClient(hub.gate);
      for (const channel of ["price", "rows", "log", "hint"]) {
        client.receive({ type: "subscribe", channel });
      }
      if (round % 2) await settled();
      client.hangUp();
    }
    await settled();
    expect(hub.stats()).toMatchObject({
      connections: 0,
      subscriptions: 0,
      channels: 0,
      queuedBytes: 0,
    });
  });
});
