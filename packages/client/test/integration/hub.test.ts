import { jsonCodec } from "@tocsin/protocol";
import { describe, expect, test } from "vitest";
import { alerts, book, price, typing } from "../support/harness.js";
import { realWorld, until } from "./support.js";

describe("against the real hub", () => {
  test("a latest channel gives the current value and then changes", async () => {
    await using world = await realWorld();
    await world.hub.publish(price, { last: 1 });
    const client = world.client();
    const sub = client.subscribe(price);
    const seen: number[] = [];
    sub.on("event", ({ last }) => seen.push(last));
    await sub.ready;
    expect(sub.value).toEqual({ last: 1 });
    await world.hub.publish(price, { last: 2 });
    await until(() => seen.length === 2);
    expect(seen).toEqual([1, 2]);
  });

  test("a later handle gets the current state at once, and one unsubscribe does not end the other", async () => {
    await using world = await realWorld();
    const client = world.client();
    const first = client.subscribe(price);
    await first.ready;
    await world.hub.publish(price, { last: 3 });
    await until(() => first.value?.last === 3);
    const second = client.subscribe(price);
    expect(second.value).toEqual({ last: 3 });
    const seen: number[] = [];
    second.on("event", ({ last }) => seen.push(last));
    await second.ready;
    first.unsubscribe();
    await world.hub.publish(price, { last: 4 });
    await until(() => seen.length === 2);
    expect(seen).toEqual([3, 4]);
    second.unsubscribe();
    await until(() => !world.hub.subscriptions.hasSubscribers(price.name));
  });

  test("a table converges through cuts, additions and removals", async () => {
    await using world = await realWorld();
    await world.hub.publish(book, { id: "a", size: 1 });
    const client = world.client();
    const sub = client.subscribe(book, { params: { min: 0 } });
    await sub.ready;
    for (let n = 0; n < 50; n += 1) {
      if (n % 10 === 5) world.cut();
      await world.hub.publish(book, { id: `r${n % 7}`, size: n });
      if (n % 3 === 0) await world.hub.remove(book, `r${n % 5}`);
      if (n % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await world.hub.publish(book, { id: "end", size: 0 });
    await until(() => sub.rows.has("end"));
    const page = await world.hub.read(book);
    const want = page.entries.filter((e) => !e.removed).map((e) => e.data as { id: string });
    expect([...sub.rows.values()].sort((x, y) => x.id.localeCompare(y.id))).toEqual(
      [...want].sort((x, y) => x.id.localeCompare(y.id)),
    );
  });

  test("patches of the hub are applied, through cuts and to the value that was published", async () => {
    await using world = await realWorld();
    let patches = 0;
    const client = world.client({
      codec: {
        ...jsonCodec,
        parse(frame) {
          if (String(frame).includes('"type":"patch"')) patches += 1;
          return jsonCodec.parse(frame);
        },
      },
    });
    const sub = client.subscribe(price);
    await sub.ready;
    const seen: unknown[] = [];
    sub.on("event", ({ last, name }) => seen.push([last, name]));
    const name = "a name long enough that leaving it out pays".repeat(3);
    for (let last = 1; last <= 40; last += 1) {
      await world.hub.publish(price, last % 10 === 0 ? { last } : { last, name });
      if (last % 15 === 0) world.cut();
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await until(() => sub.value?.last === 40);
    expect(sub.value).toEqual({ last: 40 });
    expect(patches).toBeGreaterThan(10);
    expect(seen).toContainEqual([39, name]);
  });

  test("a log loses, repeats and reorders nothing over 40 cuts (F1, F2)", async () => {
    await using world = await realWorld();
    const readers = Array.from({ length: 5 }, () => {
      const client = world.client();
      const sub = client.subscribe(alerts);
      const seen: number[] = [];
      const outcomes: string[] = [];
      sub.on("event", ({ n }) => seen.push(n));
      sub.on("recovery", ({ outcome }) => outcomes.push(outcome));
      return { sub, seen, outcomes };
    });
    await Promise.all(readers.map(({ sub }) => sub.ready));
    const count = 2_000;
    for (let n = 1; n <= count; n += 1) {
      await world.hub.publish(alerts, { n });
      if (n % 50 === 0) world.cut();
      // about as fast as readers come back, so that cuts hit every step of connecting and recovering
      if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until(() =>
      readers.every(({ seen, outcomes }) => seen.at(-1) === count || outcomes.includes("gap")),
    );
    const all = Array.from({ length: count }, (_, n) => n + 1);
    for (const { seen, outcomes } of readers) {
      expect(seen).toEqual(all);
      expect(outcomes).not.toContain("gap");
    }
  });

  test("a cut at any byte of the handshake, the reply or the replay loses nothing (F2)", async () => {
    await using world = await realWorld();
    const client = world.client();
    const seen: number[] = [];
    const outcomes: string[] = [];
    const sub = client.subscribe(alerts);
    sub.on("event", ({ n }) => seen.push(n));
    sub.on("recovery", ({ outcome }) => outcomes.push(outcome));
    await sub.ready;
    let n = 0;
    for (let bytes = 1; bytes <= 2_400; bytes += 17) {
      world.cutAfter(bytes); // of the connection that follows
      world.cut();
      for (let burst = 0; burst < 5; burst += 1) {
        n += 1;
        await world.hub.publish(alerts, { n });
      }
      await until(() => seen.at(-1) === n);
    }
    expect(seen).toEqual(Array.from({ length: n }, (_, index) => index + 1));
    expect(outcomes).not.toContain("gap");
  });

  test("100 reconnects without traffic replay nothing (F3, C1)", async () => {
    await using world = await realWorld();
    const client = world.client();
    const sub = client.subscribe(alerts);
    const outcomes: string[] = [];
    let events = 0;
    sub.on("event", () => {
      events += 1;
    });
    sub.on("recovery", ({ outcome }) => outcomes.push(outcome));
    await sub.ready;
    for (let n = 1; n <= 100; n += 1) {
      world.cut();
      await until(() => outcomes.length === n + 1);
    }
    expect(outcomes).toEqual(["fresh", ...Array.from({ length: 100 }, () => "nothing-missed")]);
    expect(events).toBe(0);
  });

  test("unacknowledged publishes are sent again and take effect once (F10, E12)", async () => {
    await using world = await realWorld();
    const client = world.client({ requestTimeoutMs: 20_000, offlineQueue: 1_000 });
    await client.connect();
    const results: Promise<unknown>[] = [];
    for (let n = 1; n <= 200; n += 1) {
      results.push(client.publish(alerts, { n }));
      if (n % 20 === 0) {
        await new Promise((resolve) => setTimeout(resolve, n % 40 ? 0 : 3));
        world.cut();
      }
    }
    await Promise.all(results);
    const { entries } = await world.hub.read(alerts);
    const stored = entries.map((entry) => (entry.data as { n: number }).n);
    expect(stored.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  });

  test("a server that goes silent is found dead within interval and timeout (F13)", async () => {
    await using world = await realWorld();
    const client = world.client({ heartbeat: { intervalMs: 100, timeoutMs: 100 } });
    await client.connect();
    const start = Date.now();
    world.blackhole(true);
    await until(() => client.state.status !== "live");
    expect(Date.now() - start).toBeLessThan(1_000);
    world.blackhole(false);
    world.cut();
    await until(() => client.state.status === "live");
  });

  test("tokens are refreshed in place before they end (C14)", async () => {
    let made = 0;
    await using world = await realWorld({
      authenticate: ({ token }) =>
        token?.startsWith("ann") ? { userId: "ann", expiresAt: Date.now() + 1_500 } : null,
    });
    const client = world.client({
      token: async () => {
        made += 1;
        return `ann-${made}`;
      },
    });
    const states: string[] = [];
    client.on("state", ({ status }) => states.push(status));
    await client.connect();
    await until(() => made >= 3);
    expect(states).toEqual(["connecting", "live"]);
  });

  test("a refused token stops the client, and a better one revives it (C9, E14)", async () => {
    await using world = await realWorld({
      authenticate: ({ token }) => (token === "good" ? { userId: "ann" } : null),
    });
    const client = world.client({ token: "bad" });
    await expect(client.connect()).rejects.toMatchObject({ code: 4501, retryable: false });
    const sub = client.subscribe(price);
    client.setToken("good");
    await sub.ready;
  });

  test("a refused channel ends that subscription only (E16)", async () => {
    await using world = await realWorld({
      authorize: (request) => !("channel" in request) || request.channel.name !== alerts.name,
    });
    const client = world.client();
    const refused = client.subscribe(alerts);
    const fine = client.subscribe(price);
    await expect(refused.ready).rejects.toMatchObject({ code: "forbidden" });
    expect(refused.state).toBe("ended");
    await fine.ready;
  });

  test("calls, history, presence and signals work end to end", async () => {
    await using world = await realWorld();
    const client = world.client();
    await expect(client.call("acknowledge", { id: "x" })).resolves.toEqual({ at: 7 });
    for (let n = 1; n <= 3; n += 1) await client.publish(alerts, { n });
    const history = await client.history(alerts, { limit: 2, reverse: true });
    expect(history.events.map(({ data }) => data.n)).toEqual([3, 2]);
    await expect(client.presence(price)).rejects.toMatchObject({ code: "unsupported" });
    const sub = client.subscribe(typing);
    const seen: string[] = [];
    sub.on("event", ({ who }) => seen.push(who));
    await sub.ready;
    await world.hub.publish(typing, { who: "ann" });
    await until(() => seen.length === 1);
  });

  test("a rewind for a later handle of a running log disturbs nobody", async () => {
    await using world = await realWorld();
    const client = world.client();
    const first = client.subscribe(alerts);
    const one: number[] = [];
    first.on("event", ({ n }) => one.push(n));
    await first.ready;
    for (let n = 1; n <= 20; n += 1) await world.hub.publish(alerts, { n });
    const later: { readonly seen: number[] }[] = [];
    for (let n = 21; n <= 200; n += 1) {
      void world.hub.publish(alerts, { n });
      if (n % 20 === 0) {
        const seen: number[] = [];
        client.subscribe(alerts, { rewind: 5 }).on("event", (event) => seen.push(event.n));
        later.push({ seen });
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    }
    await until(() => [one, ...later.map((l) => l.seen)].every((seen) => seen.at(-1) === 200));
    expect(one).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    for (const { seen } of later) {
      const from = seen[0] ?? 0;
      expect(seen).toEqual(Array.from({ length: 201 - from }, (_, n) => n + from));
    }
  });

  test("a draining hub sends clients elsewhere without an error (C17)", async () => {
    const first = await realWorld();
    const client = first.client();
    await client.connect();
    const notices: unknown[] = [];
    client.on("goaway", (notice) => notices.push(notice));
    const closing = first.hub.close({ drainWithin: 200 });
    await until(() => client.state.status !== "live");
    expect(notices).toHaveLength(1);
    await client.close();
    await closing;
    await first[Symbol.asyncDispose]();
  });
});
