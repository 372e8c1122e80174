import { describe, expect, test } from "vitest";
import { alerts, book, event, price, setup, typing } from "../../test/support/harness.js";
import { settled } from "../testing/index.js";

const entries = (...offsets: number[]) =>
  offsets.map((n) => ({ offset: n, data: { n }, timestamp: 1 }));
const replayed = (n: number) => event(alerts.name, n, { n }, { replayed: true });

describe("the position of a subscription", () => {
  test("is where the server said at first, and then what the handlers have had (C1, C9)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(alerts);
    expect(sub.position).toBeUndefined();
    const inside: unknown[] = [];
    sub.on("event", () => inside.push(sub.position?.offset));
    subscribed(alerts.name, { offset: 40 });
    expect(sub.position).toEqual({ epoch: "e1", offset: 40 });
    server.send(event(alerts.name, 41, { n: 41 }), event(alerts.name, 45, { n: 45 }));
    expect(inside).toEqual([40, 41]); // the event in hand may still fail
    expect(sub.position?.offset).toBe(45);
    sub.unsubscribe();
    expect(sub.position).toEqual({ epoch: "e1", offset: 45 });
  });

  test("is where a later subscribe goes on, in another process too (C1)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const kept = { epoch: "e1", offset: 7 };
    const sub = client.subscribe(alerts, { since: kept });
    expect(sub.position).toEqual(kept);
    expect(server.socket.of("subscribe")[0]?.since).toEqual(kept);
    const seen: number[] = [];
    sub.on("event", ({ n }) => seen.push(n));
    subscribed(alerts.name, { offset: 9, recovery: "recovered" });
    expect(sub.position).toEqual(kept); // 8 and 9 are still on their way
    server.send(replayed(8), replayed(9));
    expect(seen).toEqual([8, 9]);
    expect(sub.position).toEqual({ epoch: "e1", offset: 9 });
  });

  test("is never made of two lives of a channel, not even inside a handler (E28)", async () => {
    const { client, live, subscribed, reconnect } = setup();
    await live();
    const one = client.subscribe(alerts);
    const two = client.subscribe(alerts);
    const seen: unknown[] = [];
    for (const sub of [one, two]) {
      sub.on("recovery", () => seen.push(one.position, two.position));
    }
    subscribed(alerts.name, { offset: 50 });
    seen.length = 0;
    await reconnect();
    const gap = { from: 1, to: 4, reason: "epoch-changed" };
    subscribed(alerts.name, { epoch: "e2", offset: 4, recovery: "gap", gap });
    const start = { epoch: "e2", offset: 0 };
    const end = { epoch: "e2", offset: 4 };
    expect(seen).toEqual([start, start, end, start]);
    expect([one.position, two.position]).toEqual([end, end]);
  });

  test("is there on latest and table, and never on a signal", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const value = client.subscribe(price);
    const hint = client.subscribe(typing);
    subscribed(price.name, { offset: 3, snapshot: { last: 3 } });
    subscribed(typing.name, { mode: "signal" });
    server.send(event(price.name, 4, { last: 4 }));
    expect(value.position).toEqual({ epoch: "e1", offset: 4 });
    expect(hint.position).toBeUndefined();
  });
});

describe("closing the client", () => {
  test("in the middle of a delivery ends it there, for everybody (C9, E21)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const one = client.subscribe(alerts, { rewind: 3 });
    const two = client.subscribe(alerts);
    const seen: string[] = [];
    one.on("event", ({ n }) => {
      seen.push(`one ${n}`);
      if (n === 2) void client.close();
    });
    two.on("event", ({ n }) => seen.push(`two ${n}`));
    subscribed(alerts.name, { offset: 3, snapshot: entries(1, 2, 3) });
    server.send(event(alerts.name, 4, { n: 4 }));
    expect(seen).toEqual(["one 1", "one 2"]);
    expect([one.state, two.state]).toEqual(["ended", "ended"]);
    expect(one.position).toEqual({ epoch: "e1", offset: 2 });
  });

  test("while a subscribe is on its way disposes of it, and nothing is sent any more (E21)", async () => {
    const { client, live, server, subscribed, clock } = setup();
    await live();
    const sub = client.subscribe(alerts);
    const late: unknown[] = [];
    client.on("state", ({ status }) => {
      if (status !== "closed") return;
      try {
        client.subscribe(price);
      } catch (error) {
        late.push(error);
      }
    });
    const publishing = client.publish(alerts, { n: 1 });
    const sent = server.socket.received.length;
    await client.close();
    subscribed(alerts.name);
    sub.unsubscribe();
    client.refreshToken();
    await expect(publishing).rejects.toMatchObject({ name: "ClientClosedError" });
    await expect(sub.ready).rejects.toMatchObject({ name: "AbortedError" });
    await expect(client.publish(alerts, { n: 2 })).rejects.toMatchObject({
      name: "ClientClosedError",
    });
    await clock.advance(60_000);
    expect(late).toMatchObject([{ name: "ClientClosedError" }]);
    expect(server.socket.received).toHaveLength(sent);
    expect(server.sockets).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});

describe("subscribing again", () => {
  test("in a recovery handler brings a new subscription and no duplicate (C9)", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    const seen: string[] = [];
    const first = client.subscribe(alerts);
    subscribed(alerts.name, { offset: 1 });
    first.on("event", ({ n }) => seen.push(`first ${n}`));
    first.on("recovery", ({ outcome }) => {
      if (outcome !== "recovered") return;
      first.unsubscribe();
      client.subscribe(alerts).on("event", ({ n }) => seen.push(`again ${n}`));
    });
    await reconnect();
    subscribed(alerts.name, { offset: 3, recovery: "recovered" });
    server.send(replayed(2), replayed(3)); // of the subscription that was given up
    subscribed(alerts.name, { offset: 3 });
    server.send(event(alerts.name, 3, { n: 3 }), event(alerts.name, 4, { n: 4 }));
    expect(seen).toEqual(["again 4"]);
    expect(server.socket.received.map(({ type }) => type)).toEqual([
      "subscribe",
      "unsubscribe",
      "subscribe",
    ]);
  });

  test("in the error handler of a refused one is a question of its own (C9, E16)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const first = client.subscribe(alerts);
    const later: { readonly state: string }[] = [];
    first.on("error", () => later.push(client.subscribe(alerts)));
    const refuse = (id: string | undefined) =>
      server.send({
        type: "error",
        ...(id !== undefined && { id }),
        channel: alerts.name,
        code: "forbidden",
        message: "no",
      });
    refuse(server.socket.of("subscribe")[0]?.id);
    expect(first.state).toBe("ended");
    expect(later).toHaveLength(1);
    expect(server.socket.of("subscribe")).toHaveLength(2);
    subscribed(alerts.name);
    expect(later[0]?.state).toBe("live");
  });

  test("while the server ends the old one on its own: a change under way leaves no ghost (E17)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(price, { maxRate: 1 });
    sub.on("error", () => {});
    subscribed(price.name);
    const fast = client.subscribe(price, { maxRate: 5 });
    fast.on("error", () => {});
    await settled();
    expect(server.socket.of("subscribe")).toHaveLength(2); // the server gets this after it has ended the channel
    server.send({ type: "unsubscribed", channel: price.name, reason: "moved" });
    expect([sub.state, fast.state]).toEqual(["ended", "ended"]);
    expect(server.socket.of("unsubscribe")).toHaveLength(1);
    subscribed(price.name, { snapshot: { last: 1 }, offset: 1 });
    server.send(event(price.name, 2, { last: 2 }));
    expect(sub.value).toBeUndefined();
  });

  test("after the server ended one starts afresh, and late frames of the old one are nobody's (E17)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(alerts);
    sub.on("error", () => {});
    subscribed(alerts.name, { offset: 5 });
    server.send({ type: "unsubscribed", channel: alerts.name, reason: "moved" });
    const again = client.subscribe(alerts, { since: { epoch: "e1", offset: 5 } });
    const seen: number[] = [];
    again.on("event", ({ n }) => seen.push(n));
    server.send(event(alerts.name, 6, { n: 6 }));
    subscribed(alerts.name, { offset: 6, recovery: "recovered" });
    server.send(replayed(6));
    expect(seen).toEqual([6]);
    expect(server.socket.of("unsubscribe")).toEqual([]);
  });
});

describe("a replay", () => {
  test("during which the token expires goes on where it was, with a new token (E14, E15, C14)", async () => {
    let made = 0;
    const { client, server, subscribed } = setup({
      token: () => {
        made += 1;
        return `token-${made}`;
      },
    });
    const welcome = async () => {
      await settled();
      server.welcome();
      const id = server.socket.of("auth").at(-1)?.id;
      server.send({ type: "authenticated", userId: "u", ...(id !== undefined && { id }) });
      await settled();
    };
    const seen: number[] = [];
    client.subscribe(alerts).on("event", ({ n }) => seen.push(n));
    await welcome();
    subscribed(alerts.name, { offset: 1 });
    server.socket.close();
    client.setToken(() => `token-${++made}`); // wakes it up
    await welcome();
    subscribed(alerts.name, { offset: 9, recovery: "recovered" });
    server.send(replayed(2), replayed(3));
    const before = server.sockets.length;
    server.socket.close(4005, "token expired");
    await settled();
    expect(client.state.status).not.toBe("stopped");
    if (server.sockets.length === before) client.setToken(() => `token-${++made}`);
    await welcome();
    expect(server.socket.of("auth").map(({ token }) => token)).toEqual([`token-${made}`]);
    expect(server.socket.of("subscribe")[0]?.since).toEqual({ epoch: "e1", offset: 3 });
    subscribed(alerts.name, { offset: 9, recovery: "recovered" });
    for (const n of [4, 5, 6, 7, 8, 9]) server.send(replayed(n));
    expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("one of whose events makes a handler throw goes on with the next, and repeats none (C9)", async () => {
    const { client, live, server, subscribed, errors, reconnect } = setup();
    await live();
    const seen: number[] = [];
    const sub = client.subscribe(alerts, { rewind: 3 });
    sub.on("event", ({ n }) => {
      seen.push(n);
      if (n === 2) throw new Error("mine");
    });
    subscribed(alerts.name, { offset: 3, snapshot: entries(1, 2, 3) });
    await reconnect();
    expect(server.socket.of("subscribe")[0]?.since).toEqual({ epoch: "e1", offset: 3 });
    expect(seen).toEqual([1, 2, 3]);
    expect(errors).toMatchObject([{ name: "HandlerError" }]);
  });

  test("is told from live events, one by one (C11)", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    const seen: unknown[] = [];
    client.subscribe(alerts).on("event", ({ n }, meta) => seen.push([n, meta.replayed]));
    subscribed(alerts.name, { offset: 1 });
    await reconnect();
    subscribed(alerts.name, { offset: 3, recovery: "recovered" });
    server.send(replayed(2), replayed(3), event(alerts.name, 4, { n: 4 }));
    expect(seen).toEqual([
      [2, true],
      [3, true],
      [4, false],
    ]);
  });
});

describe("requests", () => {
  test("without an answer when the line was cut are sent again with the same id and key (E12)", async () => {
    const { client, live, server, reconnect } = setup();
    await live();
    const publishing = client.publish(alerts, { n: 1 });
    const [first] = server.socket.of("publish");
    await reconnect();
    expect(server.socket.of("publish")).toEqual([first]);
    await reconnect();
    expect(server.socket.of("publish")).toEqual([first]);
    server.send({
      type: "published",
      id: first?.id ?? "",
      channel: alerts.name,
      epoch: "e1",
      offset: 1,
      duplicate: true,
    });
    await expect(publishing).resolves.toMatchObject({ offset: 1, duplicate: true });
  });

  test("made while a token is refreshed go out at once, and none is lost (C19)", async () => {
    const { client, server } = setup({ token: () => "t" });
    void client.connect();
    await settled();
    server.welcome();
    const yes = () =>
      server.send({
        type: "authenticated",
        id: server.socket.of("auth").at(-1)?.id ?? "",
        userId: "u",
      });
    yes();
    client.refreshToken();
    const during = [client.publish(alerts, { n: 1 }), client.publish(alerts, { n: 2 })];
    await settled();
    expect(server.socket.of("auth")).toHaveLength(2);
    during.push(client.publish(alerts, { n: 3 }));
    yes();
    expect(server.socket.of("publish").map(({ data }) => data)).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
    for (const promise of during) promise.catch(() => {});
    await client.close();
  });
});

describe("a table", () => {
  const row = (id: string, size: number) => ({ id, size });
  const rows = (sub: { readonly rows: ReadonlyMap<string, { readonly size: number }> }) =>
    Object.fromEntries([...sub.rows].map(([key, { size }]) => [key, size]));

  test("patches each row from that row's own base, in any order (E7)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(book);
    subscribed(book.name, { offset: 2, snapshot: [row("a", 1), row("b", 2)] });
    const patch = (key: string, offset: number, base: number, size: number) =>
      server.send({
        type: "patch",
        channel: book.name,
        key,
        offset,
        base,
        patch: { size },
        timestamp: 1,
      });
    patch("a", 3, 1, 10);
    patch("b", 4, 2, 20);
    patch("a", 5, 3, 11);
    patch("b", 6, 4, 21);
    expect(rows(sub)).toEqual({ a: 11, b: 21 });
    expect(server.socket.of("subscribe")).toHaveLength(1);
  });

  test("whose patch is for another base is asked for once, and goes on with what comes (E6)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(book);
    const outcomes: string[] = [];
    sub.on("recovery", ({ outcome }) => outcomes.push(outcome));
    subscribed(book.name, { offset: 2, snapshot: [row("a", 1)] });
    const patch = (offset: number, base: number, size: number) =>
      server.send({
        type: "patch",
        channel: book.name,
        key: "a",
        offset,
        base,
        patch: { size },
        timestamp: 1,
      });
    patch(5, 4, 50);
    patch(6, 5, 60);
    server.send(event(book.name, 7, row("b", 7), { key: "b" }));
    expect(server.socket.of("subscribe")).toHaveLength(2);
    subscribed(book.name, { offset: 7, snapshot: [row("a", 60), row("b", 7)] });
    patch(8, 6, 80);
    patch(9, 8, 90);
    expect(rows(sub)).toEqual({ a: 90, b: 7 });
    expect(server.socket.of("subscribe")).toHaveLength(2);
    expect(outcomes).toHaveLength(2);
  });

  test("does not bring back a row that was removed while the client was away (E30)", async () => {
    const { client, live, server, subscribed, reconnect } = setup();
    await live();
    const sub = client.subscribe(book);
    const seen: string[] = [];
    sub.on("event", (change) => seen.push(`${change.type} ${change.key}`));
    subscribed(book.name, { offset: 3, snapshot: [row("a", 1), row("b", 2), row("c", 3)] });
    seen.length = 0;
    await reconnect();
    subscribed(book.name, { offset: 6, recovery: "recovered" });
    server.send(
      event(book.name, 5, null, { key: "a", removed: true, replayed: true }),
      event(book.name, 6, null, { key: "b", removed: true, replayed: true }),
    );
    // what was sent before the cut and got stuck somewhere
    server.send(event(book.name, 4, row("a", 4), { key: "a" }));
    expect(rows(sub)).toEqual({ c: 3 });
    await reconnect();
    subscribed(book.name, { offset: 9, recovery: "recovered", snapshot: [row("d", 9)] });
    server.send(event(book.name, 8, row("c", 8), { key: "c", replayed: true }));
    expect(rows(sub)).toEqual({ d: 9 });
    expect(seen).toEqual(["removed a", "removed b", "removed c", "set d"]);
  });

  test("says nothing of the removal of a row it never had (E30)", async () => {
    const { client, live, server, subscribed } = setup();
    await live();
    const sub = client.subscribe(book);
    const seen: unknown[] = [];
    sub.on("event", (change) => seen.push(change));
    subscribed(book.name, { offset: 1, snapshot: [] });
    server.send(event(book.name, 2, null, { key: "early", removed: true }));
    server.send(event(book.name, 3, row("early", 3), { key: "early" }));
    expect(seen).toEqual([{ type: "set", key: "early", row: row("early", 3) }]);
    expect(sub.position?.offset).toBe(3);
  });
});

describe("params that do not fit the contract", () => {
  test("are refused before anything is sent, with the field (C6)", async () => {
    const { client, live, server } = setup();
    await live();
    // @ts-expect-error the compiler says so too
    expect(() => client.subscribe(book, { params: { min: "3" } })).toThrow(
      expect.objectContaining({ name: "InvalidPayloadError", field: "min" }),
    );
    expect(server.socket.received).toEqual([]);
    client.subscribe(book, { params: { min: 3 } });
    expect(server.socket.of("subscribe")).toMatchObject([{ params: { min: 3 } }]);
  });
});
