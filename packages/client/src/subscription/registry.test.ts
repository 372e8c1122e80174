import { describe, expect, test } from "vitest";
import { alerts, book, event, price, setup, typing } from "../../test/support/harness.js";
import { settled } from "../testing/index.js";

const types = (messages: readonly { type: string }[]) => messages.map((m) => m.type);

describe("two handles on one channel", () => {
  test("share one subscription, and the last one to leave ends it (C8)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const one = client.subscribe(price);
    const two = client.subscribe(price);
    subscribed(price.name, { snapshot: { last: 1 }, offset: 1 });
    one.unsubscribe();
    one.unsubscribe();
    expect(types(server.socket.received)).toEqual(["subscribe"]);
    two.unsubscribe();
    expect(types(server.socket.received)).toEqual(["subscribe", "unsubscribe"]);
    expect([one.state, two.state]).toEqual(["ended", "ended"]);
  });

  test("give a later one the current value at once, and the same events from then on", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    client.subscribe(price);
    subscribed(price.name, { snapshot: { last: 1 }, offset: 1 });
    const later = client.subscribe(price);
    expect(later.value).toEqual({ last: 1 });
    const seen: unknown[] = [];
    later.on("recovery", ({ outcome }) => seen.push(outcome));
    later.on("event", ({ last }, { replayed }) => seen.push([last, replayed]));
    await later.ready;
    server.send(event(price.name, 2, { last: 2 }));
    expect(seen).toEqual(["fresh", [1, true], [2, false]]);
  });

  test("give a later one all rows of a table, even when an event overtakes it", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    client.subscribe(book);
    subscribed(book.name, { snapshot: [{ id: "a", size: 1 }], offset: 1 });
    const later = client.subscribe(book);
    const seen: unknown[] = [];
    later.on("event", (change) => seen.push(change));
    server.send(event(book.name, 2, { id: "b", size: 2 }, { key: "b" }));
    await later.ready;
    expect(seen).toEqual([
      { type: "set", key: "a", row: { id: "a", size: 1 } },
      { type: "set", key: "b", row: { id: "b", size: 2 } },
    ]);
  });

  test("may not differ in params; the same params are fine (E5)", async () => {
    const { client, live } = setup();
    await live();
    client.subscribe(book, { params: { min: 1 } });
    client.subscribe(book, { params: { min: 1 } });
    expect(() => client.subscribe(book, { params: { min: 2 } })).toThrow(
      expect.objectContaining({ name: "SubscriptionConflictError" }),
    );
  });

  test("share the highest maxRate, changed in place as they come and go", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    client.subscribe(price, { maxRate: 1 });
    subscribed(price.name);
    const fast = client.subscribe(price, { maxRate: 10 });
    await settled();
    subscribed(price.name, { recovery: "nothing-missed" });
    fast.unsubscribe();
    subscribed(price.name, { recovery: "nothing-missed" });
    expect(server.socket.of("subscribe").map((m) => m.maxRate)).toEqual([1, 10, 1]);
    expect(server.socket.of("unsubscribe")).toEqual([]);
  });

  test("each get the past they asked for, once and in order", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const seen: Record<string, number[]> = { one: [], two: [] };
    client.subscribe(alerts).on("event", ({ n }) => seen.one?.push(n));
    subscribed(alerts.name, { offset: 5 });
    server.send(event(alerts.name, 6, { n: 6 }));
    client.subscribe(alerts, { rewind: 2 }).on("event", ({ n }) => seen.two?.push(n));
    await settled();
    expect(server.socket.of("subscribe")[1]).toMatchObject({ rewind: 2 });
    server.send(event(alerts.name, 7, { n: 7 })); // while the answer is on its way
    subscribed(alerts.name, {
      offset: 7,
      snapshot: [6, 7].map((n) => ({ offset: n, data: { n }, timestamp: 1 })),
    });
    server.send(event(alerts.name, 8, { n: 8 }));
    expect(seen).toEqual({ one: [6, 7, 8], two: [6, 7, 8] });
  });

  test("do not lose what came while the server answered somebody else's rewind", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const one: number[] = [];
    const outcomes: string[] = [];
    const first = client.subscribe(alerts);
    first.on("event", ({ n }) => one.push(n));
    first.on("recovery", ({ outcome }) => outcomes.push(outcome));
    subscribed(alerts.name, { offset: 1 });
    client.subscribe(alerts, { rewind: 1 });
    await settled();
    // 2 and 3 were published while the server looked; only 3 is part of the answer
    subscribed(alerts.name, {
      offset: 3,
      snapshot: [{ offset: 3, data: { n: 3 }, timestamp: 1 }],
    });
    expect(server.socket.of("subscribe")[2]?.since).toEqual({ epoch: "e1", offset: 1 });
    server.send(event(alerts.name, 4, { n: 4 }));
    expect(one).toEqual([]);
    subscribed(alerts.name, { offset: 4, recovery: "recovered" });
    for (const n of [2, 3, 4]) server.send(event(alerts.name, n, { n }, { replayed: true }));
    expect(one).toEqual([2, 3, 4]);
    expect(outcomes).toEqual(["fresh", "recovered"]);
  });
});

describe("unsubscribing", () => {
  test("while the reply is on its way leaves no ghost (E17)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(alerts);
    const seen: unknown[] = [];
    sub.on("event", (item) => seen.push(item));
    sub.unsubscribe();
    expect(types(server.socket.received)).toEqual(["subscribe", "unsubscribe"]);
    subscribed(alerts.name, { snapshot: [{ offset: 1, data: { n: 1 }, timestamp: 1 }] });
    server.send(event(alerts.name, 2, { n: 2 }));
    expect(seen).toEqual([]);
    await expect(sub.ready).rejects.toMatchObject({ name: "AbortedError" });
  });

  test("and subscribing again before the old reply arrives takes only the new one (E17)", async () => {
    const { client, live, server } = setup();
    await live();
    client.subscribe(alerts).unsubscribe();
    const again = client.subscribe(alerts);
    const seen: number[] = [];
    again.on("event", ({ n }) => seen.push(n));
    const [first, second] = server.socket.of("subscribe");
    const reply = { channel: alerts.name, mode: "log", epoch: "e1", recovery: "fresh" } as const;
    server.send({ type: "subscribed", id: first?.id ?? "", offset: 1, ...reply });
    server.send(event(alerts.name, 2, { n: 2 })); // still of the first one
    server.send({ type: "unsubscribed", id: "x", channel: alerts.name });
    server.send({ type: "subscribed", id: second?.id ?? "", offset: 2, ...reply });
    server.send(event(alerts.name, 3, { n: 3 }));
    expect(seen).toEqual([3]);
    expect(again.state).toBe("live");
  });

  test("during a retry wait cancels the retry (E18)", async () => {
    const { client, live, server, clock } = setup();
    await live();
    const sub = client.subscribe(alerts);
    sub.on("error", () => {});
    const id = server.socket.of("subscribe")[0]?.id ?? "";
    server.send({ type: "error", id, code: "unavailable", message: "later" });
    sub.unsubscribe();
    await clock.advance(20_000);
    expect(server.socket.of("subscribe")).toHaveLength(1);
  });

  test("while offline means that nothing is ever sent", async () => {
    const { client, server } = setup();
    client.subscribe(alerts).unsubscribe();
    server.welcome();
    expect(server.socket.received).toEqual([]);
  });

  test("in the middle of a delivery ends it there, for this handle only (C9)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const one = client.subscribe(alerts, { rewind: 3 });
    const two = client.subscribe(alerts, { rewind: 3 });
    const seen: string[] = [];
    one.on("event", ({ n }) => {
      seen.push(`one ${n}`);
      if (n === 2) one.unsubscribe();
    });
    one.on("event", ({ n }) => seen.push(`one again ${n}`));
    two.on("event", ({ n }) => seen.push(`two ${n}`));
    const snapshot = [1, 2, 3].map((n) => ({ offset: n, data: { n }, timestamp: 1 }));
    subscribed(alerts.name, { offset: 3, snapshot });
    subscribed(alerts.name, { offset: 3, snapshot });
    expect(seen).toEqual(["one 1", "one again 1", "one 2", "two 1", "two 2", "two 3"]);
    server.send(event(alerts.name, 4, { n: 4 }));
    expect(seen.at(-1)).toBe("two 4");
  });

  test("and subscribing again in a handler brings no duplicate (C9, centrifuge-js 425)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const seen: number[] = [];
    const first = client.subscribe(alerts);
    first.on("event", ({ n }) => {
      seen.push(n);
      first.unsubscribe();
      client.subscribe(alerts).on("event", (next) => seen.push(next.n));
    });
    subscribed(alerts.name, { offset: 1 });
    server.send(event(alerts.name, 2, { n: 2 }));
    expect(server.socket.of("subscribe")[1]?.since).toBeUndefined();
    subscribed(alerts.name, { offset: 2 });
    server.send(event(alerts.name, 2, { n: 2 }), event(alerts.name, 3, { n: 3 }));
    expect(seen).toEqual([2, 3]);
  });
});

describe("positions", () => {
  test("are handed out at subscribe, so recovery works before any event (C1, F3)", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    client.subscribe(alerts);
    subscribed(alerts.name, { offset: 40 });
    await reconnect();
    expect(server.socket.of("subscribe")[0]?.since).toEqual({ epoch: "e1", offset: 40 });
  });

  test("advance only after delivery: a close from inside a handler does not skip the rest (C9)", async () => {
    const { client, live, server, subscribed, clock } = setup();
    await live();
    const seen: number[] = [];
    client.subscribe(alerts).on("event", ({ n }) => {
      seen.push(n);
      if (n === 2) server.socket.close();
    });
    subscribed(alerts.name, { offset: 0 });
    server.send(event(alerts.name, 1, { n: 1 }), event(alerts.name, 2, { n: 2 }));
    await clock.advance(1_000);
    server.welcome();
    expect(server.socket.of("subscribe")[0]?.since).toEqual({ epoch: "e1", offset: 2 });
    expect(seen).toEqual([1, 2]);
  });

  test("of a cut in the middle of a replay are those of the last event that arrived (F2)", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    const seen: number[] = [];
    client.subscribe(alerts).on("event", ({ n }) => seen.push(n));
    subscribed(alerts.name, { offset: 1 });
    await reconnect();
    subscribed(alerts.name, { offset: 9, recovery: "recovered" });
    server.send(event(alerts.name, 2, { n: 2 }, { replayed: true }));
    await reconnect();
    expect(server.socket.of("subscribe")[0]?.since).toEqual({ epoch: "e1", offset: 2 });
    expect(seen).toEqual([2]);
  });

  test("a handler that throws is reported, the event counts as delivered, others get it", async () => {
    const { client, live, server, subscribed, errors, reconnect } = setup();
    await live();
    const sub = client.subscribe(alerts);
    const seen: number[] = [];
    sub.on("event", () => {
      throw new Error("mine");
    });
    sub.on("event", ({ n }) => seen.push(n));
    subscribed(alerts.name);
    server.send(event(alerts.name, 1, { n: 1 }));
    expect(seen).toEqual([1]);
    expect(errors).toMatchObject([{ name: "HandlerError", cause: { message: "mine" } }]);
    await reconnect();
    expect(server.socket.of("subscribe")[0]?.since?.offset).toBe(1);
  });

  test("a jump of offsets is no gap; the server alone says what is", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(alerts);
    const outcomes: unknown[] = [];
    sub.on("recovery", (recovery) => outcomes.push(recovery));
    subscribed(alerts.name);
    server.send(event(alerts.name, 10, { n: 10 }), event(alerts.name, 7, { n: 7 }));
    expect(outcomes).toEqual([{ outcome: "fresh" }]);
  });

  test("signals have none: every one is delivered, none is asked for again", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    const seen: string[] = [];
    client.subscribe(typing).on("event", ({ who }) => seen.push(who));
    subscribed(typing.name, { mode: "signal" });
    const ping = { type: "event", channel: typing.name, data: { who: "a" }, timestamp: 1 } as const;
    server.send(ping, ping);
    expect(seen).toEqual(["a", "a"]);
    await reconnect();
    expect(server.socket.of("subscribe")[0]?.since).toBeUndefined();
  });
});

describe("recovery", () => {
  test("that is not possible is a counted gap, told on the handle and on the client (E2, E11, C10)", async () => {
    const { client, live, subscribed, reconnect } = setup();
    await live();
    const told: unknown[] = [];
    client.on("gap", (gap) => told.push(gap));
    client.subscribe(alerts).on("recovery", (recovery) => told.push(recovery));
    subscribed(alerts.name, { offset: 3 });
    await reconnect();
    const gap = { from: 4, to: 90, reason: "expired" };
    subscribed(alerts.name, { offset: 90, recovery: "gap", gap });
    expect(told).toEqual([
      { outcome: "fresh" },
      { outcome: "gap", ...gap },
      { outcome: "gap", channel: alerts.name, ...gap },
    ]);
    await reconnect();
  });

  test("in another life of the channel is never spliced on, whatever the server says (E28, F5)", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    const outcomes: unknown[] = [];
    const seen: number[] = [];
    const sub = client.subscribe(alerts);
    sub.on("recovery", (recovery) => outcomes.push(recovery));
    sub.on("event", ({ n }) => seen.push(n));
    subscribed(alerts.name, { offset: 50 });
    await reconnect();
    subscribed(alerts.name, { epoch: "e2", offset: 4, recovery: "recovered" });
    server.send(event(alerts.name, 5, { n: 5 }));
    expect(outcomes[1]).toEqual({ outcome: "gap", from: 1, to: 4, reason: "epoch-changed" });
    expect(seen).toEqual([5]);
  });

  test("of a latest value is the current one, and not told twice when it is the same (E4)", async () => {
    const { client, live, subscribed, reconnect } = setup();
    await live();
    const seen: number[] = [];
    const sub = client.subscribe(price);
    sub.on("event", ({ last }) => seen.push(last));
    subscribed(price.name, { offset: 1, snapshot: { last: 1 } });
    await reconnect();
    expect(sub.state).toBe("stale");
    subscribed(price.name, { offset: 1, recovery: "nothing-missed", snapshot: { last: 1 } });
    await reconnect();
    subscribed(price.name, { offset: 5, recovery: "recovered", snapshot: { last: 5 } });
    await reconnect();
    subscribed(price.name, { epoch: "e2", offset: 2, recovery: "fresh", snapshot: { last: 9 } });
    expect(seen).toEqual([1, 5, 9]);
  });

  test("of a table is the changed rows, or all of them with the missing ones removed (E3, E30)", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    const sub = client.subscribe(book);
    const seen: string[] = [];
    sub.on("event", (change, { replayed }) =>
      seen.push(`${change.type} ${change.key}${replayed ? " replayed" : ""}`),
    );
    const row = (id: string, size: number) => ({ id, size });
    subscribed(book.name, { offset: 3, snapshot: [row("a", 1), row("b", 1)] });
    await reconnect();
    subscribed(book.name, { offset: 5, recovery: "recovered" });
    server.send(event(book.name, 4, row("b", 2), { key: "b", replayed: true }));
    server.send(event(book.name, 5, null, { key: "a", removed: true, replayed: true }));
    await reconnect();
    subscribed(book.name, { offset: 9, recovery: "recovered", snapshot: [row("c", 1)] });
    await reconnect();
    expect(server.socket.of("subscribe")[0]?.since?.offset).toBe(9);
    expect(seen).toEqual([
      "set a replayed",
      "set b replayed",
      "set b replayed",
      "removed a replayed",
      "removed b replayed",
      "set c replayed",
    ]);
    expect([...sub.rows.keys()]).toEqual(["c"]);
  });

  test("takes no position from a conflated row, which comes ahead of older ones", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    const sub = client.subscribe(book);
    const seen: number[] = [];
    sub.on("event", (change) => seen.push(change.type === "set" ? change.row.size : -1));
    subscribed(book.name, { offset: 1, snapshot: [] });
    server.send(event(book.name, 9, { id: "a", size: 9 }, { key: "a", conflated: 2 }));
    await reconnect(); // before row b, published as 5, could be sent
    expect(server.socket.of("subscribe")[0]?.since?.offset).toBe(1);
    subscribed(book.name, { offset: 9, recovery: "recovered" });
    server.send(event(book.name, 5, { id: "b", size: 5 }, { key: "b", replayed: true }));
    server.send(event(book.name, 9, { id: "a", size: 9 }, { key: "a", replayed: true }));
    expect(seen).toEqual([9, 5]);
    expect(sub.rows.size).toBe(2);
  });

  test("resubscribes everything on a silent reconnect (E19)", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    client.subscribe(price);
    client.subscribe(book);
    client.subscribe(alerts);
    client.subscribe(typing);
    for (const { name } of [price, book, alerts, typing]) subscribed(name);
    await reconnect();
    expect(server.socket.of("subscribe").map((m) => m.channel)).toEqual([
      price.name,
      book.name,
      alerts.name,
      typing.name,
    ]);
  });
});

describe("patches", () => {
  test("for another base make the client ask for a snapshot once, then messages flow (E6, E7)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(price);
    const seen: unknown[] = [];
    sub.on("event", (value) => seen.push(value));
    subscribed(price.name, { offset: 3, snapshot: { last: 3, name: "x" } });
    const patch = (offset: number, base: number, change: unknown) =>
      server.send({
        type: "patch",
        channel: price.name,
        offset,
        base,
        patch: change,
        timestamp: 1,
      });
    patch(4, 3, { last: 4 });
    patch(6, 5, { last: 6 }); // 5 never came
    patch(7, 6, { last: 7 });
    expect(server.socket.of("subscribe")).toHaveLength(2);
    expect(server.socket.of("subscribe")[1]?.since).toBeUndefined();
    subscribed(price.name, { offset: 7, snapshot: { last: 7, name: "x" } });
    patch(8, 7, { name: null });
    expect(seen).toEqual([
      { last: 3, name: "x" },
      { last: 4, name: "x" },
      { last: 7, name: "x" },
      { last: 7 },
    ]);
    expect(server.socket.of("subscribe")).toHaveLength(2);
  });

  test("that is already part of the snapshot is not applied", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(price);
    subscribed(price.name, { offset: 5, snapshot: { last: 5 } });
    server.send({
      type: "patch",
      channel: price.name,
      offset: 5,
      base: 4,
      patch: { last: 0 },
      timestamp: 1,
    });
    expect(sub.value).toEqual({ last: 5 });
    expect(server.socket.of("subscribe")).toHaveLength(1);
  });

  test("build on an invalid value too, which nobody gets to see", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(price);
    const errors: unknown[] = [];
    sub.on("error", (error) => errors.push(error));
    subscribed(price.name, { offset: 1, snapshot: { last: 1 } });
    server.send(event(price.name, 2, { last: "broken", name: "x" }));
    expect(sub.value).toEqual({ last: 1 });
    expect(errors).toMatchObject([{ name: "InvalidPayloadError", field: "last" }]);
    server.send({
      type: "patch",
      channel: price.name,
      offset: 3,
      base: 2,
      patch: { last: 3 },
      timestamp: 1,
    });
    expect(sub.value).toEqual({ last: 3, name: "x" });
  });
});

describe("a refused subscribe", () => {
  test.each(["forbidden", "unknown-channel", "invalid-params", "limit"])(
    "with %s ends that subscription, not the connection (E16)",
    async (code) => {
      const { client, live, server } = setup();
      await live();
      const sub = client.subscribe(alerts);
      const errors: unknown[] = [];
      sub.on("error", (error) => errors.push(error));
      const id = server.socket.of("subscribe")[0]?.id ?? "";
      server.send({ type: "error", id, channel: alerts.name, code, message: "no" });
      await expect(sub.ready).rejects.toMatchObject({ name: "RequestError", code });
      expect(errors).toHaveLength(1);
      expect(sub.state).toBe("ended");
      expect(client.state.status).toBe("live");
      expect(server.socket.of("unsubscribe")).toEqual([]);
    },
  );

  test.each(["unavailable", "rate-limited", "internal"])(
    "with %s is asked again after the server's wait or a backoff (E3)",
    async (code) => {
      const { client, live, server, clock, subscribed } = setup();
      await live();
      const sub = client.subscribe(alerts);
      sub.on("error", () => {});
      const refuse = (retryAfterMs?: number) =>
        server.send({
          type: "error",
          id: server.socket.of("subscribe").at(-1)?.id ?? "",
          code,
          message: "later",
          ...(retryAfterMs !== undefined && { retryAfterMs }),
        });
      refuse(5_000);
      await clock.advance(4_999);
      expect(server.socket.of("subscribe")).toHaveLength(1);
      await clock.advance(1);
      expect(server.socket.of("subscribe")).toHaveLength(2);
      refuse();
      await clock.advance(500);
      expect(server.socket.of("subscribe")).toHaveLength(3);
      subscribed(alerts.name);
      await sub.ready;
    },
  );

  test("goes to the client's error event when nobody listens on the handle", async () => {
    const { client, live, server, errors } = setup();
    await live();
    client.subscribe(alerts);
    const id = server.socket.of("subscribe")[0]?.id ?? "";
    server.send({ type: "error", id, code: "forbidden", message: "no" });
    expect(errors).toMatchObject([{ code: "forbidden" }]);
  });

  test("of a newcomer does not end the others", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const first = client.subscribe(alerts);
    subscribed(alerts.name);
    const second = client.subscribe(alerts, { rewind: 5 });
    second.on("error", () => {});
    await settled();
    const id = server.socket.of("subscribe")[1]?.id ?? "";
    server.send({ type: "error", id, code: "unsupported", message: "no rewind here" });
    expect([first.state, second.state]).toEqual(["live", "ended"]);
  });
});

test("the server can end one subscription, and says why (E16)", async () => {
  const { client, live, server, subscribed } = setup();
  await live();
  const sub = client.subscribe(alerts);
  const errors: Error[] = [];
  sub.on("error", (error) => errors.push(error));
  subscribed(alerts.name);
  server.send({ type: "unsubscribed", channel: alerts.name, reason: "permission withdrawn" });
  expect(sub.state).toBe("ended");
  expect(errors[0]).toMatchObject({ name: "SubscriptionEndedError" });
  expect(errors[0]?.message).toContain("permission withdrawn");
});

test("a fatal close is told to every subscription at once (E19)", async () => {
  const { client, live, server, subscribed } = setup();
  await live();
  const sub = client.subscribe(alerts);
  const pending = client.subscribe(price);
  const errors: unknown[] = [];
  sub.on("error", (error) => errors.push(error));
  subscribed(alerts.name);
  server.socket.close(4503, "banned");
  expect(errors).toMatchObject([{ code: 4503, retryable: false }]);
  await expect(pending.ready).rejects.toMatchObject({ code: 4503 });
});

describe("for await", () => {
  test("gives a log's events in order, and leaving the loop unsubscribes (C15)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(alerts);
    const loop = (async () => {
      const seen: number[] = [];
      for await (const { n } of sub) {
        seen.push(n);
        if (n === 3) break;
      }
      return seen;
    })();
    subscribed(alerts.name);
    for (const n of [1, 2, 3, 4]) server.send(event(alerts.name, n, { n }));
    await expect(loop).resolves.toEqual([1, 2, 3]);
    expect(sub.state).toBe("ended");
    expect(server.socket.of("unsubscribe")).toHaveLength(1);
  });

  test("conflates a latest value and starts with the current one (E30, C4)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(price);
    subscribed(price.name, { offset: 1, snapshot: { last: 1 } });
    const iterator = sub[Symbol.asyncIterator]();
    for (const n of [2, 3, 4]) server.send(event(price.name, n, { last: n }));
    expect((await iterator.next()).value).toEqual({ last: 4 });
    await iterator.return?.();
  });

  test("of a log that is too slow ends with an error instead of a silent loss", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(alerts, { bufferSize: 2 });
    const iterator = sub[Symbol.asyncIterator]();
    subscribed(alerts.name);
    for (const n of [1, 2, 3]) server.send(event(alerts.name, n, { n }));
    await iterator.next();
    await iterator.next();
    await expect(iterator.next()).rejects.toMatchObject({ name: "QueueOverflowError" });
  });

  test("ends quietly when the client is closed, and with the reason when it was stopped", async () => {
    const { client, live, server } = setup();
    await live();
    const one = client.subscribe(alerts)[Symbol.asyncIterator]().next();
    server.socket.close(4501);
    await expect(one).rejects.toMatchObject({ code: 4501 });
    const two = client.subscribe(alerts)[Symbol.asyncIterator]().next();
    await client.close();
    await expect(two).resolves.toEqual({ done: true, value: undefined });
  });

  test("on an ended subscription is over at once", async () => {
    const { client } = setup();
    const sub = client.subscribe(alerts);
    sub.unsubscribe();
    for await (const _ of sub) throw new Error("there should be none");
  });
});
