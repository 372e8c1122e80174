import {
  type Codec,
  defineContract,
  jsonCodec,
  latest,
  log,
  method,
  signal,
} from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createHub } from "../hub/create-hub.js";
import type { HubOptions } from "../hub/options.js";
import type { Authenticate } from "../inbound/policy.js";
import type { Logger } from "../logger.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import type { HistoryStore } from "../store/history-store.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import { type FakeSocket, fakeSocket } from "../testing/fake-socket.js";

const item = z.object({ n: z.number(), text: z.string().optional() });
const contract = defineContract({
  channels: {
    news: log("news", item, { params: z.object({ min: z.number() }).optional() }),
    inbox: log("inbox:{userId}", item),
    price: latest("price", item),
    room: signal("room", item, { presence: true }),
  },
  methods: { echo: method({ input: z.unknown(), output: z.unknown() }) },
});
const news = contract.news();
const price = contract.price();
const room = contract.room();

/** Tokens are `user` or `user:right,right`. */
const authenticate: Authenticate = ({ token }) => {
  if (token === undefined) return null;
  const [userId = "", rights = ""] = token.split(":");
  return { userId, claims: { rights: rights.split(",") } };
};

function setUp(options: Partial<HubOptions<typeof contract>> = {}) {
  const clock = fakeClock();
  const errors: string[] = [];
  const note: Logger["error"] = (_fields, message) => errors.push(message);
  const hub = createHub({
    contract,
    clock,
    logger: { debug() {}, info() {}, warn() {}, error: note },
    authorize: () => true,
    methods: { echo: (input) => input },
    ...options,
  });
  const join = async (channel: string, more: object = {}, token?: string) => {
    const client = await fakeClient(hub.gate);
    if (token !== undefined) client.receive({ type: "auth", token });
    client.receive({ type: "subscribe", id: "s", channel, ...more });
    await settled();
    return client;
  };
  return { hub, clock, errors, join };
}

/** What a client was told of one channel, in order. */
const told = (client: FakeSocket, channel: string) =>
  client.sent.flatMap((message) => {
    if (!("channel" in message) || message.channel !== channel) return [];
    return message.type === "event" ? Object(message.data).n : message.type;
  });

async function until(ready: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000 && !ready(); turns += 1) await settled();
  expect(ready()).toBe(true);
}

/** A history store whose reads wait until the test lets them go. */
function gatedHistory(): { readonly store: HistoryStore; readonly release: () => void } {
  const inner = memoryHistoryStore();
  const waiting: (() => void)[] = [];
  return {
    store: {
      ...inner,
      async read(channel, query) {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return inner.read(channel, query);
      },
    },
    release: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
}

describe("a view that throws in a later piece of a long replay", () => {
  it("ends that one subscription, and the connection goes on", async () => {
    const { hub, join, errors } = setUp({
      views: {
        news(event, wanted) {
          if (wanted && event.n === 201) throw new Error("cannot tell");
          return event;
        },
      },
    });
    const { epoch } = await hub.read(news);
    const text = "x".repeat(16_000);
    for (let n = 1; n <= 200; n += 1) await hub.publish(news, { n, text });
    const since = { epoch, offset: 0 };
    const plain = await join("news", { since });
    const client = await join("news", { since, params: { min: 0 } });
    client.receive({ type: "subscribe", channel: "price" });
    await until(() => told(client, "news").length > 5);
    await hub.publish(news, { n: 201 }); // part of a later piece
    await until(() => client.got("unsubscribed").length === 1);
    await until(() => told(plain, "news").length === 202);
    expect(client.got("unsubscribed")).toMatchObject([
      { channel: "news", reason: expect.stringContaining("could not be worked out") },
    ]);
    const seen = told(client, "news");
    expect(seen.at(-1)).toBe("unsubscribed"); // and nothing after it
    const events = seen.slice(1, -1);
    expect(events).toEqual(Array.from({ length: events.length }, (_none, index) => index + 1));
    await hub.publish(price, { n: 1 });
    await settled();
    expect(told(client, "price").at(-1)).toBe(1);
    expect(client.ending).toBeUndefined();
    expect(hub.subscriptions.hasSubscribers("news")).toBe(true);
    expect(errors).toHaveLength(1);
  });
});

/** JSON, but for some messages. */
const fragile = (
  throwsAt: (message: { readonly type: string; readonly data?: unknown }) => boolean,
): Codec => ({
  ...jsonCodec,
  serialize(message) {
    if (throwsAt(message)) throw new RangeError("no word for it");
    return jsonCodec.serialize(message);
  },
});
const poisoned = (message: { readonly data?: unknown; readonly snapshot?: unknown }) =>
  JSON.stringify([message.data, message.snapshot])?.includes("poison") === true;

describe("a codec that throws", () => {
  async function connect(hub: ReturnType<typeof setUp>["hub"], codec: Codec) {
    const place = await hub.gate.reserve({
      path: "/ws",
      headers: {},
      remoteAddress: "192.0.2.1",
    });
    if (!("open" in place) || !place.open) throw new Error("turned away");
    const socket = fakeSocket();
    place.open(socket, codec);
    return socket;
  }

  it("at an event ends its readers' subscriptions to that channel, and nobody else's", async () => {
    const { hub, join, errors } = setUp();
    const plain = await join("news");
    const weak = await Promise.all([1, 2].map(() => connect(hub, fragile(poisoned))));
    for (const client of weak) {
      for (const channel of ["news", "price"]) client.receive({ type: "subscribe", channel });
    }
    await settled();
    await hub.publish(news, { n: 1 });
    await hub.publish(news, { n: 2, text: "poison" });
    await settled();
    await hub.publish(news, { n: 3 });
    await hub.publish(price, { n: 4 });
    await settled();
    expect(told(plain, "news")).toEqual(["subscribed", 1, 2, 3]);
    for (const client of weak) {
      expect(told(client, "news").at(-1)).toBe("unsubscribed");
      expect(client.got("unsubscribed")[0]?.reason).toContain("cannot be written in the format");
      expect(told(client, "price")).toEqual(["subscribed", 4]);
      expect(client.ending).toBeUndefined();
    }
    expect(errors).toHaveLength(2);
  });

  it("at an event of a paced reader, when its turn comes, ends that one too", async () => {
    const { hub, clock, join } = setUp({ heartbeat: { intervalMs: 1e9 } });
    const plain = await join("price");
    const weak = await connect(hub, fragile(poisoned));
    weak.receive({ type: "subscribe", channel: "price", maxRate: 1 });
    await settled();
    await hub.publish(price, { n: 1 });
    await settled();
    await hub.publish(price, { n: 2, text: "poison" });
    await settled();
    clock.advance(1_000);
    await settled();
    expect(told(weak, "price")).toEqual(["subscribed", 1, "unsubscribed"]);
    expect(told(plain, "price")).toEqual(["subscribed", 1, 2]);
  });

  it("at a value that waited for a slow reader closes that connection with 1011, and no other", async () => {
    const { hub, join } = setUp();
    const plain = await join("price");
    const weak = await connect(
      hub,
      fragile((message) => "conflated" in message),
    );
    weak.receive({ type: "subscribe", channel: "price" });
    await settled();
    weak.stall();
    for (let n = 1; n <= 8; n += 1) {
      await hub.publish(price, { n, text: String(n).repeat(30_000) });
      await settled();
    }
    weak.drain();
    await settled();
    expect(weak.ending).toMatchObject({ code: 1011 });
    await hub.publish(price, { n: 9 });
    await settled();
    expect(told(plain, "price").at(-1)).toBeDefined();
    expect(plain.ending).toBeUndefined();
  });

  it("at a snapshot has the subscribe refused for good, not failed for now", async () => {
    const { hub } = setUp();
    await hub.publish(price, { n: 1, text: "poison" });
    const weak = await connect(hub, fragile(poisoned));
    weak.receive({ type: "subscribe", id: "s", channel: "price" });
    await settled();
    expect(weak.sent.at(-1)).toMatchObject({ type: "error", id: "s", code: "unsupported" });
    expect(weak.ending).toBeUndefined();
    expect(hub.subscriptions.size).toBe(0);
  });

  it("at an answer has the request refused", async () => {
    const { hub } = setUp();
    const weak = await connect(hub, fragile(poisoned));
    weak.receive({ type: "call", id: "1", method: "echo", params: "poison" });
    await settled();
    expect(weak.sent.at(-1)).toMatchObject({ type: "error", id: "1", code: "unsupported" });
  });

  it.each(["connected", "authenticated", "error", "unsubscribed"])(
    "at %s, which there is no other way to say, closes with 1011",
    async (type) => {
      const { hub, join } = setUp({ authenticate });
      const plain = await join("news", {}, "ann");
      const weak = await connect(
        hub,
        fragile((message) => message.type === type || poisoned(message)),
      );
      weak.receive({ type: "auth", token: "bob" });
      weak.receive({ type: "subscribe", channel: "news" });
      weak.receive({ type: "subscribe", channel: "nowhere" });
      await settled();
      await hub.publish(news, { n: 1, text: "poison" });
      await settled();
      expect(weak.ending).toMatchObject({ code: 1011 });
      expect(plain.ending).toBeUndefined();
      expect(told(plain, "news")).toEqual(["subscribed", 1]);
    },
  );
});

describe("hub.unsubscribe", () => {
  it("ends one channel of one user on all connections, and says why", async () => {
    const { hub, join } = setUp({ authenticate });
    const ann = [await join("news", {}, "ann"), await join("news", {}, "ann")];
    const bob = await join("news", {}, "bob");
    ann[0]?.receive({ type: "subscribe", channel: "price" });
    await settled();
    expect(hub.unsubscribe(news, { userId: "ann" }, "your plan has ended")).toBe(2);
    expect(hub.unsubscribe(news, { userId: "ann" })).toBe(0);
    await hub.publish(news, { n: 1 });
    await hub.publish(price, { n: 2 });
    await settled();
    for (const client of ann) {
      expect(told(client, "news")).toEqual(["subscribed", "unsubscribed"]);
      expect(client.got("unsubscribed")[0]).toEqual({
        type: "unsubscribed",
        channel: "news",
        reason: "your plan has ended",
      });
      expect(client.ending).toBeUndefined();
    }
    expect(told(ann[0] as FakeSocket, "price").at(-1)).toBe(2);
    expect(told(bob, "news").at(-1)).toBe(1);
  });

  it("ends that of one client, who may ask again", async () => {
    const { hub, join } = setUp();
    const client = await join("news");
    const other = await join("news");
    const [greeting] = client.got("connected");
    expect(hub.unsubscribe(news, { clientId: greeting?.clientId ?? "" })).toBe(1);
    await hub.publish(news, { n: 1 });
    client.receive({ type: "subscribe", channel: "news" });
    await settled();
    await hub.publish(news, { n: 2 });
    await settled();
    expect(told(client, "news")).toEqual(["subscribed", "unsubscribed", "subscribed", 2]);
    expect(told(other, "news")).toEqual(["subscribed", 1, 2]);
    expect(hub.unsubscribe(news, { clientId: "nobody" })).toBe(0);
  });

  it("sends nothing of the channel after the news that it is over, whatever still waited", async () => {
    const { hub, join } = setUp({ authenticate });
    const client = await join("price", {}, "ann");
    client.stall();
    for (let n = 1; n <= 8; n += 1) {
      await hub.publish(price, { n, text: String(n).repeat(30_000) });
      await settled();
    }
    hub.unsubscribe(price, { userId: "ann" });
    await hub.publish(price, { n: 9 });
    client.drain();
    await settled();
    client.drain();
    await settled();
    expect(told(client, "price").at(-1)).toBe("unsubscribed");
  });

  it("takes the member out of the channel's presence", async () => {
    const { hub, join } = setUp({ authenticate });
    await join("room", {}, "ann");
    await join("room", {}, "bob");
    hub.unsubscribe(room, { userId: "ann" });
    await settled();
    expect((await hub.members(room)).map(({ userId }) => userId)).toEqual(["bob"]);
  });

  it("refuses a subscribe that has not been answered yet, and leaves no ghost (E17)", async () => {
    const { store, release } = gatedHistory();
    const { hub, join } = setUp({ history: store, authenticate });
    const client = await join("news", {}, "ann");
    expect(hub.unsubscribe(news, { userId: "ann" }, "not any more")).toBe(1);
    release();
    await settled();
    expect(client.got("subscribed")).toEqual([]);
    expect(client.got("error")).toMatchObject([
      { id: "s", channel: "news", code: "forbidden", message: "not any more" },
    ]);
    expect(hub.subscriptions.size).toBe(0);
    client.receive({ type: "subscribe", id: "s", channel: "news" });
    await settled();
    release();
    await settled();
    expect(client.got("subscribed")).toHaveLength(1);
  });

  it("ends a long replay where it is", async () => {
    const { hub, join } = setUp({ authenticate });
    const { epoch } = await hub.read(news);
    for (let n = 1; n <= 200; n += 1) await hub.publish(news, { n, text: "x".repeat(16_000) });
    const client = await join("news", { since: { epoch, offset: 0 } }, "ann");
    await until(() => told(client, "news").length > 5);
    hub.unsubscribe(news, { userId: "ann" });
    await until(() => client.got("unsubscribed").length === 1);
    for (let turn = 0; turn < 20; turn += 1) await settled();
    expect(told(client, "news").at(-1)).toBe("unsubscribed");
    expect(told(client, "news").length).toBeLessThan(200);
    expect(client.ending).toBeUndefined();
  });
});

describe("a refreshed token", () => {
  const needsRight: HubOptions<typeof contract>["authorize"] = ({ principal, ...request }) => {
    if (!("channel" in request)) return true;
    const rights = principal?.claims?.rights;
    const { name } = request.channel;
    return (Array.isArray(rights) && rights.includes(name)) || `you have lost ${name}`;
  };

  it("ends what its user may no longer read, with the policy's words, and nothing else (E16)", async () => {
    const { hub, join } = setUp({ authenticate, authorize: needsRight });
    const client = await join("news", {}, "ann:news,price,room");
    client.receive({ type: "subscribe", channel: "price" });
    client.receive({ type: "subscribe", channel: "room" });
    await settled();
    client.receive({ type: "auth", id: "a", token: "ann:price" });
    await settled();
    expect(client.got("authenticated").at(-1)).toMatchObject({ id: "a" });
    expect(client.got("unsubscribed").map(({ channel, reason }) => [channel, reason])).toEqual([
      ["news", "you have lost news"],
      ["room", "you have lost room"],
    ]);
    await hub.publish(news, { n: 1 });
    await hub.publish(price, { n: 2 });
    await settled();
    expect(told(client, "news")).toEqual(["subscribed", "unsubscribed"]);
    expect(told(client, "price")).toEqual(["subscribed", 2]);
    expect(await hub.members(room)).toEqual([]);
    expect(client.ending).toBeUndefined();
  });

  it("with the same rights interrupts nothing", async () => {
    const { hub, join } = setUp({ authenticate, authorize: needsRight });
    const client = await join("news", {}, "ann:news");
    client.receive({ type: "auth", token: "ann:news" });
    await hub.publish(news, { n: 1 });
    await settled();
    expect(told(client, "news")).toEqual(["subscribed", 1]);
  });

  it("about which the policy cannot tell now leaves the readers what they had", async () => {
    let down = false;
    const { hub, join } = setUp({
      authenticate,
      authorize() {
        if (down) throw new Error("policy service is down");
        return true;
      },
    });
    const client = await join("news", {}, "ann");
    down = true;
    client.receive({ type: "auth", token: "ann" });
    await settled();
    await hub.publish(news, { n: 1 });
    await settled();
    expect(told(client, "news")).toEqual(["subscribed", 1]);
    expect(hub.stats().rejected).toMatchObject({ message: { unavailable: 1 } });
  });

  it("counts for a subscribe that the policy was still thinking about", async () => {
    const verdicts: (() => void)[] = [];
    const { join, hub } = setUp({
      authenticate,
      async authorize(request) {
        const rights = request.principal?.claims?.rights;
        await new Promise<void>((resolve) => verdicts.push(resolve));
        return Array.isArray(rights) && rights.includes("news");
      },
    });
    const client = await join("news", {}, "ann:news");
    client.receive({ type: "auth", token: "ann:none" });
    await settled();
    for (let turn = 0; turn < 4; turn += 1) {
      for (const go of verdicts.splice(0)) go();
      await settled();
    }
    expect(client.got("subscribed")).toEqual([]);
    expect(client.got("error")).toMatchObject([{ id: "s", code: "forbidden" }]);
    expect(hub.subscriptions.size).toBe(0);
  });
});

describe("a channel that was numbered anew", () => {
  it("and cannot be read just now sends its readers back for it, rather than leave them in silence (F5)", async () => {
    const inner = memoryHistoryStore({ maxChannels: 1 });
    let down = false;
    const history: HistoryStore = {
      ...inner,
      // its position can still be told, which is how the change is found
      read: (channel, query) =>
        down && query?.limit !== 0 ? Promise.reject(new Error("down")) : inner.read(channel, query),
    };
    const { hub, join } = setUp({ history });
    await hub.publish(news, { n: 1 });
    const client = await join("news");
    await hub.publish(price, { n: 1 }); // pushes the log out of a store that holds one channel
    down = true;
    await hub.publish(news, { n: 2 });
    await settled();
    expect(client.ending).toMatchObject({ code: 4008 });
  });
});
