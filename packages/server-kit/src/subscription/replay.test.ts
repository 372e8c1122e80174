import { defineContract, log } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createHub } from "../hub/create-hub.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import type { FakeSocket } from "../testing/fake-socket.js";

const contract = defineContract({
  channels: {
    news: log("news", z.object({ n: z.number(), text: z.string() }), { history: { size: 200 } }),
  },
});
const news = contract.news();
const TEXT = "x".repeat(16_000);
/** What this takes on the wire is three times an outbox. */
const MISSED = 200;

async function hubWithNews() {
  const clock = fakeClock();
  const history = memoryHistoryStore({ now: clock.now });
  const hub = createHub({ contract, history, clock });
  const publish = async (from: number, to: number) => {
    for (let n = from; n <= to; n += 1) await hub.publish(news, { n, text: TEXT });
  };
  const { epoch } = await history.read(news.name);
  await publish(1, MISSED);
  const client = await fakeClient(hub.gate);
  const subscribe = () =>
    client.receive({ type: "subscribe", id: "s", channel: news.name, since: { epoch, offset: 0 } });
  return { hub, client, subscribe, publish };
}

const offsets = (client: FakeSocket) => client.got("event").map(({ offset }) => offset);
const upTo = (last: number) => Array.from({ length: last }, (_none, index) => index + 1);

async function until(ready: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000 && !ready(); turns += 1) await settled();
}

describe("a replay larger than the reader's outbox", () => {
  it("arrives whole, in order, and without the reader being closed as too slow", async () => {
    const { client, subscribe, publish } = await hubWithNews();
    subscribe();
    await until(() => offsets(client).length === MISSED);
    await publish(MISSED + 1, MISSED + 2);
    await settled();
    expect(client.ending).toBeUndefined();
    expect(client.got("subscribed")).toMatchObject([{ recovery: "recovered", offset: MISSED }]);
    expect(offsets(client)).toEqual(upTo(MISSED + 2));
  });

  it("brings what is published meanwhile once, after it (E1)", async () => {
    const { client, subscribe, publish } = await hubWithNews();
    subscribe();
    await until(() => offsets(client).length > 5);
    expect(offsets(client).length).toBeLessThan(MISSED);
    await publish(MISSED + 1, MISSED + 3);
    await until(() => offsets(client).length >= MISSED + 3);
    expect(offsets(client)).toEqual(upTo(MISSED + 3));
  });

  it("waits for a reader that stalls, and holds no more than a little for it", async () => {
    const { hub, client, subscribe } = await hubWithNews();
    subscribe();
    await until(() => offsets(client).length > 5);
    client.stall();
    await until(() => client.queuedBytes > 0);
    for (let turn = 0; turn < 50; turn += 1) await settled();
    expect(hub.stats().queuedBytes).toBeLessThan(200_000);
    client.drain();
    await until(() => offsets(client).length === MISSED);
    expect(offsets(client)).toEqual(upTo(MISSED));
  });

  it("closes a reader for coming back, when history let go of what it was still owed", async () => {
    const { client, subscribe, publish } = await hubWithNews();
    subscribe();
    await until(() => offsets(client).length > 5);
    client.stall();
    await until(() => client.queuedBytes > 0);
    await publish(MISSED + 1, 2 * MISSED); // retention keeps none of the rest
    client.drain();
    await until(() => client.ending !== undefined);
    expect(client.ending).toMatchObject({ by: "close", code: 4008 });
  });

  it("ends with an unsubscribe, and with the connection", async () => {
    const { hub, client, subscribe } = await hubWithNews();
    subscribe();
    await until(() => offsets(client).length > 5);
    client.receive({ type: "unsubscribe", id: "u", channel: news.name });
    await until(() => client.got("unsubscribed").length === 1);
    const seen = offsets(client).length;
    for (let turn = 0; turn < 20; turn += 1) await settled();
    expect(offsets(client).length).toBe(seen);
    subscribe();
    await until(() => offsets(client).length > seen + 5);
    client.stall();
    client.hangUp();
    await settled();
    expect(hub.stats()).toMatchObject({ connections: 0, subscriptions: 0, queuedBytes: 0 });
  });
});
