import { expect, test } from "vitest";
import { alerts, book, event, price, setup } from "../test/support/harness.js";
import { settled } from "./testing/index.js";

test("a subscribe connects, waits for the greeting and delivers typed events with their meta", async () => {
  const { client, server, subscribed } = setup();
  const seen: unknown[] = [];
  const sub = client.subscribe(price);
  sub.on("event", (quote, meta) => seen.push([quote, meta]));
  server.socket.open();
  expect(server.socket.received).toEqual([]);
  server.send(server.hello());
  expect(server.socket.of("subscribe")).toEqual([
    { type: "subscribe", id: expect.any(String), channel: "stock:A" },
  ]);
  subscribed("stock:A", { offset: 7, snapshot: { last: 1 } });
  await sub.ready;
  server.send(event("stock:A", 8, { last: 2 }, { conflated: 3 }));
  expect(seen).toEqual([
    [{ last: 1 }, { offset: 7, replayed: true, conflated: 0, publishedAt: undefined }],
    [{ last: 2 }, { offset: 8, replayed: false, conflated: 3, publishedAt: 5 }],
  ]);
  expect(sub.value).toEqual({ last: 2 });
});

test("a reconnect asks from the position of the last delivered event, and nothing comes twice (E1)", async () => {
  const { client, live, server, subscribed, reconnect } = setup();
  await live();
  const seen: number[] = [];
  const outcomes: unknown[] = [];
  const sub = client.subscribe(alerts);
  sub.on("event", ({ n }) => seen.push(n));
  sub.on("recovery", (recovery) => outcomes.push(recovery));
  subscribed(alerts.name);
  server.send(event(alerts.name, 1, { n: 1 }), event(alerts.name, 2, { n: 2 }));
  await reconnect();
  expect(server.socket.of("subscribe")[0]?.since).toEqual({ epoch: "e1", offset: 2 });
  subscribed(alerts.name, { offset: 4, recovery: "recovered" });
  server.send(
    event(alerts.name, 2, { n: 2 }, { replayed: true }),
    event(alerts.name, 3, { n: 3 }, { replayed: true }),
    event(alerts.name, 4, { n: 4 }, { replayed: true }),
    event(alerts.name, 5, { n: 5 }),
  );
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  expect(outcomes).toEqual([{ outcome: "fresh" }, { outcome: "recovered" }]);
});

test("a publish made offline is sent on connect, and again with the same key after a cut (E12, E23)", async () => {
  const { client, server, clock } = setup({ requestTimeoutMs: 60_000 });
  const published = client.publish(price, { last: 1 });
  await settled();
  server.welcome();
  const [first] = server.socket.of("publish");
  server.socket.close();
  await clock.advance(20_000);
  server.welcome();
  const [second] = server.socket.of("publish");
  expect(second).toEqual(first);
  server.send({
    type: "published",
    id: second?.id ?? "",
    channel: price.name,
    offset: 3,
    epoch: "e1",
    duplicate: true,
  });
  await expect(published).resolves.toEqual({ offset: 3, epoch: "e1", duplicate: true });
});

test("a table keeps its rows through events, patches and removals", async () => {
  const { client, live, server, subscribed } = setup();
  await live();
  const sub = client.subscribe(book, { params: { min: 1 } });
  const changes: unknown[] = [];
  sub.on("event", (change) => changes.push(change));
  expect(server.socket.of("subscribe")[0]?.params).toEqual({ min: 1 });
  subscribed(book.name, { offset: 5, snapshot: [{ id: "a", size: 1 }] });
  server.send(
    event(book.name, 6, { id: "b", size: 2 }, { key: "b" }),
    {
      type: "patch",
      channel: book.name,
      key: "a",
      offset: 7,
      base: 3,
      patch: { size: 9 },
      timestamp: 1,
    },
    event(book.name, 8, null, { key: "b", removed: true }),
  );
  expect(changes).toEqual([
    { type: "set", key: "a", row: { id: "a", size: 1 } },
    { type: "set", key: "b", row: { id: "b", size: 2 } },
    { type: "set", key: "a", row: { id: "a", size: 9 } },
    { type: "removed", key: "b" },
  ]);
  expect([...sub.rows]).toEqual([["a", { id: "a", size: 9 }]]);
});

test("a call resolves with its checked result", async () => {
  const { client, live, server } = setup();
  await live();
  const called = client.call("acknowledge", { id: "x" });
  await settled();
  const [message] = server.socket.of("call");
  expect(message).toMatchObject({ method: "acknowledge", params: { id: "x" } });
  server.send({ type: "result", id: message?.id ?? "", data: { at: 4 } });
  await expect(called).resolves.toEqual({ at: 4 });
});
