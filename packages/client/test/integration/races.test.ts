import { CloseCode } from "@tocsin/protocol";
import { type HistoryStore, memoryHistoryStore } from "@tocsin/server-kit";
import { afterEach, describe, expect, test } from "vitest";
import type { Client, Subscription } from "../../src/index.js";
import { alerts, book, market, price, typing } from "../support/harness.js";
import { realWorld, until } from "./support.js";

/** What a hub keeps for readers, all of it. */
const kept = ({ hub }: Awaited<ReturnType<typeof realWorld>>) => {
  const { connections, subscriptions, channels, queuedBytes } = hub.stats();
  return { connections, subscriptions, channels, queuedBytes };
};
/** One channel of each mode. */
const subscribeToAll = (tab: Client<typeof market>): Subscription[] => [
  tab.subscribe(price),
  tab.subscribe(book),
  tab.subscribe(alerts),
  tab.subscribe(typing),
];
const NOTHING = { connections: 0, subscriptions: 0, channels: 0, queuedBytes: 0 };

describe("a hundred tabs that subscribe and unsubscribe in one tick", () => {
  test("each end up with what they wanted last, and leave nothing behind (E17, F17)", async () => {
    await using world = await realWorld();
    const tabs = Array.from({ length: 100 }, () => world.client());
    await Promise.all(tabs.map((tab) => tab.connect()));
    const wanted: Subscription[] = [];
    for (const [index, tab] of tabs.entries()) {
      for (const sub of subscribeToAll(tab)) sub.unsubscribe();
      for (const [place, sub] of subscribeToAll(tab).entries()) {
        if ((index + place) % 2 === 0) sub.unsubscribe();
        else wanted.push(sub);
      }
    }
    expect(wanted).toHaveLength(200);
    await Promise.all(wanted.map(({ ready }) => ready));
    await until(() => world.hub.subscriptions.size === 200);
    const seen = new Set<Subscription>();
    for (const sub of wanted) sub.on("event", () => seen.add(sub));
    await world.hub.publish(price, { last: 1 });
    await world.hub.publish(book, { id: "a", size: 1 });
    await world.hub.publish(alerts, { n: 1 });
    await world.hub.publish(typing, { who: "ann" });
    await until(() => seen.size === wanted.length);
    for (const sub of wanted) sub.unsubscribe();
    await until(() => world.hub.subscriptions.size === 0);
    expect(kept(world)).toEqual({ ...NOTHING, connections: 100 });
    for (const tab of tabs) void tab.close();
    await until(() => world.hub.connections.size === 0);
    expect(kept(world)).toEqual(NOTHING);
  });

  test("and are gone before the server has answered leave nothing behind either (E21, F17)", async () => {
    await using world = await realWorld();
    const tabs = Array.from({ length: 100 }, () => world.client());
    await Promise.all(tabs.map((tab) => tab.connect()));
    for (const [index, tab] of tabs.entries()) {
      subscribeToAll(tab);
      if (index % 2) void tab.close();
    }
    world.cut();
    for (const tab of tabs) void tab.close();
    await until(() => world.hub.connections.size === 0);
    await until(() => world.hub.subscriptions.size === 0);
    expect(kept(world)).toEqual(NOTHING);
    expect([...world.hub.subscriptions.activeChannels()]).toEqual([]);
  });

  test("in one tab, as a list that is scrolled, cost one subscription each and end as one (C8, E17)", async () => {
    await using world = await realWorld();
    const tab = world.client();
    await tab.connect();
    const refs = Array.from({ length: 100 }, (_none, index) => market.price({ code: `S${index}` }));
    const first = refs.map((ref) => tab.subscribe(ref));
    for (const sub of first) sub.unsubscribe();
    const second = refs.map((ref) => tab.subscribe(ref));
    for (const sub of second.slice(1)) sub.unsubscribe();
    await second[0]?.ready;
    await until(() => world.hub.subscriptions.size === 1);
    expect([...world.hub.subscriptions.activeChannels()]).toEqual([refs[0]?.name]);
  });
});

describe("a right that changes", () => {
  const rights = new Set<string>();
  afterEach(() => rights.clear());
  const options = {
    authenticate: ({ token }: { readonly token: string | undefined }) =>
      token === undefined ? null : { userId: "ann" },
    authorize: (request: object) =>
      !("channel" in request) ||
      rights.has((request.channel as { readonly name: string }).name) ||
      "your plan has ended",
  };

  test("is noticed with the next token: one subscription ends, the connection stays (E16, C14)", async () => {
    for (const { name } of [price, alerts]) rights.add(name);
    await using world = await realWorld(options);
    const client = world.client({ token: () => "t" });
    const states: string[] = [];
    client.on("state", ({ status }) => states.push(status));
    const lost = client.subscribe(alerts);
    const stays = client.subscribe(price);
    const errors: Error[] = [];
    lost.on("error", (error) => errors.push(error));
    await Promise.all([lost.ready, stays.ready]);
    rights.delete(alerts.name);
    client.refreshToken();
    await until(() => lost.state === "ended");
    expect(errors).toMatchObject([{ name: "SubscriptionEndedError" }]);
    expect(errors[0]?.message).toContain("your plan has ended");
    await world.hub.publish(price, { last: 2 });
    await until(() => stays.value?.last === 2);
    expect(states).toEqual(["connecting", "live"]);
    const refused = client.subscribe(alerts);
    refused.on("error", () => {});
    await expect(refused.ready).rejects.toMatchObject({ code: "forbidden" });
  });

  test("can be taken by the server for one channel, and given back with nothing missed (E16)", async () => {
    for (const { name } of [price, alerts]) rights.add(name);
    await using world = await realWorld(options);
    const client = world.client({ token: "t" });
    const sub = client.subscribe(alerts);
    sub.on("error", () => {});
    const seen: number[] = [];
    sub.on("event", ({ n }) => seen.push(n));
    await sub.ready;
    await world.hub.publish(alerts, { n: 1 });
    await until(() => seen.length === 1);
    expect(world.hub.unsubscribe(alerts, { userId: "ann" }, "for a while")).toBe(1);
    await until(() => sub.state === "ended");
    await world.hub.publish(alerts, { n: 2 });
    const { position } = sub;
    if (!position) throw new Error("an ended subscription forgot where it was");
    const again = client.subscribe(alerts, { since: position });
    const outcomes: string[] = [];
    again.on("recovery", ({ outcome }) => outcomes.push(outcome));
    again.on("event", ({ n }) => seen.push(n));
    await until(() => seen.length === 2);
    await world.hub.publish(alerts, { n: 3 });
    await until(() => seen.length === 3);
    expect(seen).toEqual([1, 2, 3]);
    expect(outcomes).toEqual(["recovered"]);
    expect(client.state.status).toBe("live");
  });
});

test("a token that expires in the middle of a long replay costs nothing (E14, E15, C14)", async () => {
  const kept = memoryHistoryStore();
  let tokens = 0;
  const history: HistoryStore = {
    ...kept,
    read(channel, query) {
      // the server reads on, so a part of the replay is out and a part is not
      if (query?.after && tokens === 1) {
        world.hub.disconnect({ userId: "ann" }, CloseCode.TokenExpired, "token expired");
      }
      return kept.read(channel, query);
    },
  };
  await using world = await realWorld({
    history,
    authenticate: ({ token }) => (token === undefined ? null : { userId: "ann" }),
  });
  const position = await world.hub.read(alerts);
  const count = 1_000; // some more than goes out before the server waits for its reader
  for (let n = 1; n <= count; n += 1) await world.hub.publish(alerts, { n });
  const client = world.client({
    token() {
      tokens += 1;
      return `token-${tokens}`;
    },
  });
  const seen: number[] = [];
  const outcomes: string[] = [];
  let seenAtFirst = 0;
  client.on("state", ({ status }) => {
    if (status === "waiting") seenAtFirst = seen.length;
  });
  const sub = client.subscribe(alerts, { since: position });
  sub.on("recovery", ({ outcome }) => outcomes.push(outcome));
  sub.on("event", ({ n }) => seen.push(n));
  await until(() => seen.length >= count);
  expect(seen).toEqual(Array.from({ length: count }, (_none, index) => index + 1));
  expect(outcomes).toEqual(["recovered", "recovered"]);
  expect(tokens).toBe(2);
  expect(seenAtFirst).toBeGreaterThan(0);
  expect(seenAtFirst).toBeLessThan(count);
});
