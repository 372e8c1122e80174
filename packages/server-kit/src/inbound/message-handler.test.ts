import { defineContract, latest, log, method, signal } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createHub } from "../hub/create-hub.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import type { AccessRequest, Authenticate } from "./policy.js";

const contract = defineContract({
  channels: {
    price: latest("stock:{code}", z.object({ price: z.number() }), {
      params: z.object({ depth: z.int() }).optional(),
    }),
    inbox: log("inbox:{userId}", z.object({ text: z.string() })),
    room: signal("room:{id}", z.number(), { presence: true }),
  },
  methods: {
    double: method({ input: z.object({ n: z.number() }), output: z.object({ n: z.number() }) }),
    wait: method({ input: z.object({}), output: z.object({}) }),
  },
});

/** Tokens are `user` or `user@expiry`; `down` stands for a token service that does not answer. */
const authenticate: Authenticate = async ({ token }) => {
  if (token === "down") throw new Error("token service is down");
  if (token === undefined || token === "bad") return null;
  const [userId = "", expiresAt] = token.split("@");
  return { userId, ...(expiresAt && { expiresAt: Number(expiresAt) }) };
};

async function setUp(options: Partial<Parameters<typeof createHub<typeof contract>>[0]> = {}) {
  const clock = fakeClock(0);
  let release = () => {};
  const asked: AccessRequest[] = [];
  const hub = createHub({
    contract,
    clock,
    authorize(request) {
      asked.push(request);
      return !("channel" in request) || request.channel.params.userId === undefined
        ? true
        : request.channel.params.userId === request.principal?.userId;
    },
    methods: {
      double: ({ n }) => ({ n: n * 2 }),
      wait: () =>
        new Promise<Record<string, never>>((resolve) => {
          release = () => resolve({});
        }),
    },
    ...options,
  });
  const client = await fakeClient(hub.gate);
  const say = async (...messages: (object | string)[]) => {
    for (const message of messages) client.receive(message);
    await settled();
    return client.sent.slice(-messages.length);
  };
  return { hub, clock, client, say, asked, release: () => release() };
}

describe("messages that make no sense", () => {
  it.each([
    ["{", "malformed", undefined],
    ["[]", "malformed", undefined],
    [{ type: "shout" }, "unknown-type", "type"],
    [{}, "unknown-type", "type"],
    [{ type: "subscribe" }, "invalid-message", "channel"],
    [{ type: "subscribe", channel: "x".repeat(256) }, "invalid-message", "channel"],
    [{ type: "ping", id: "x".repeat(65) }, "invalid-message", "id"],
    [{ type: "subscribe", channel: "stock:1", rewind: -1 }, "invalid-message", "rewind"],
    [{ type: "publish", id: "1", channel: "stock:1", data: 1, key: "" }, "invalid-message", "key"],
  ])("%j is answered with %s, naming the field (A31, A34)", async (frame, code, field) => {
    const { say, client } = await setUp();
    const [answer] = await say(frame);
    expect(answer).toMatchObject({ type: "error", code, ...(field && { details: { field } }) });
    expect(client.ending).toBeUndefined();
  });

  it("end the connection at the tenth in a row with 4500, the last error sent (A31)", async () => {
    const { client, say } = await setUp();
    for (let n = 0; n < 9; n++) await say("{");
    expect(client.ending).toBeUndefined();
    await say("{");
    expect(client.got("error")).toHaveLength(10);
    expect(client.ending).toMatchObject({ code: 4500 });
  });

  it("are forgiven by one that makes sense", async () => {
    const { client, say } = await setUp();
    for (let n = 0; n < 30; n++) await say(n % 9 === 8 ? { type: "ping" } : "{");
    expect(client.ending).toBeUndefined();
  });

  it("nested too deep are refused before anything recursive sees them (A32)", async () => {
    const { say } = await setUp();
    const [answer] = await say(`{"type":"ping","x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`);
    expect(answer).toMatchObject({ code: "malformed" });
  });
});

describe("addresses", () => {
  it.each([
    "nope",
    "stock",
    "stock:",
    "stock:a:b",
    "stock:%41",
    "stock:a b",
    "stock:*",
    "__proto__",
  ])("%s is no channel (A33, A37)", async (channel) => {
    const { say } = await setUp();
    expect(await say({ type: "subscribe", id: "1", channel })).toMatchObject([
      { type: "error", id: "1", channel, code: "unknown-channel" },
    ]);
  });

  it("take __proto__ and constructor for the names they are (A33)", async () => {
    const { hub, say } = await setUp();
    for (const code of ["__proto__", "constructor"]) {
      await hub.publish(contract.price({ code }), { price: 1 });
      expect(await say({ type: "subscribe", id: code, channel: `stock:${code}` })).toMatchObject([
        { type: "subscribed", id: code, snapshot: { price: 1 } },
      ]);
    }
  });
});

describe("requests", () => {
  it("with an id that is still open are refused (A36)", async () => {
    const { say, release } = await setUp();
    const wait = { type: "call", id: "1", method: "wait", params: {} };
    expect(await say(wait, wait)).toMatchObject([{}, { code: "duplicate-id", id: "1" }]);
    release();
    await settled();
    await say(wait);
    release();
    await settled();
  });

  it("of a slow call do not hold up others", async () => {
    const { say } = await setUp();
    const [, answer] = await say(
      { type: "call", id: "1", method: "wait", params: {} },
      { type: "call", id: "2", method: "double", params: { n: 2 } },
    );
    expect(answer).toEqual({ type: "result", id: "2", data: { n: 4 } });
  });

  it.each([
    ["toString", {}, "unknown-method"],
    ["triple", {}, "unknown-method"],
    ["double", { n: "2" }, "invalid-params"],
    ["double", undefined, "invalid-params"],
  ])("to call %s with %j are refused", async (name, params, code) => {
    const { say } = await setUp();
    expect(await say({ type: "call", id: "1", method: name, params })).toMatchObject([
      { code, id: "1" },
    ]);
  });

  it("that make a handler throw are answered without telling why", async () => {
    const { say } = await setUp({
      methods: {
        double: () => {
          throw new Error("password is hunter2");
        },
        wait: () => ({}),
      },
    });
    const [answer] = await say({ type: "call", id: "1", method: "double", params: { n: 1 } });
    expect(answer).toMatchObject({ code: "internal", id: "1" });
    expect(JSON.stringify(answer)).not.toContain("hunter2");
  });

  it("beyond the limit of channels are refused, and room is made by leaving one (A35)", async () => {
    const { say } = await setUp({ limits: { channelsPerConnection: 2 } });
    await say({ type: "subscribe", channel: "stock:1" }, { type: "subscribe", channel: "stock:2" });
    const third = { type: "subscribe", channel: "stock:3" };
    expect(await say(third)).toMatchObject([{ code: "limit", channel: "stock:3" }]);
    expect(await say({ type: "subscribe", channel: "stock:2" })).toMatchObject([
      { type: "subscribed" },
    ]);
    await say({ type: "unsubscribe", channel: "stock:1" });
    expect(await say(third)).toMatchObject([{ type: "subscribed" }]);
  });

  it("in a flood end the connection with 4029 and the time to wait (A38)", async () => {
    const { client, say, hub } = await setUp({
      limits: { messagesPerSecond: 10, messageBurst: 5 },
    });
    await say(...Array.from({ length: 5 }, () => ({ type: "ping" })));
    await say({ type: "ping" }, { type: "ping" });
    expect(client.got("pong")).toHaveLength(5);
    expect(client.got("error")).toMatchObject([{ code: "rate-limited", retryAfterMs: 100 }]);
    expect(client.ending).toMatchObject({ code: 4029 });
    expect(hub.stats().rejected).toMatchObject({ message: { "rate-limited": 1 } });
  });

  it("check the params of a subscribe and hand them to authorize", async () => {
    const { say, asked } = await setUp();
    const subscribe = { type: "subscribe", channel: "stock:1", params: { depth: 5 } };
    expect(await say(subscribe)).toMatchObject([{ type: "subscribed" }]);
    expect(asked[0]).toMatchObject({ action: "subscribe", params: { depth: 5 } });
    expect(await say({ ...subscribe, params: { depth: "5" } })).toMatchObject([
      { code: "invalid-params", details: { field: "params.depth" } },
    ]);
    expect(await say({ type: "subscribe", channel: "inbox:me", params: 1 })).toMatchObject([
      { code: "invalid-params" },
    ]);
  });

  it("hand what somebody wants to publish to authorize, over both roads", async () => {
    const { hub, say, asked } = await setUp();
    await say({ type: "publish", id: "1", channel: "room:1", data: 7 });
    await hub.publishFor(undefined, { channel: "room:1", data: 8 });
    expect(asked).toMatchObject([
      { action: "publish", data: 7 },
      { action: "publish", data: 8 },
    ]);
  });

  it("for who is present list each member once, until it leaves", async () => {
    const { hub, say, client } = await setUp();
    const other = await fakeClient(hub.gate);
    other.receive({ type: "subscribe", channel: "room:1" });
    await say({ type: "subscribe", channel: "room:1" });
    const ask = async () => {
      await say({ type: "presence", id: "p", channel: "room:1" });
      return client.got("result").at(-1)?.data;
    };
    expect(await ask()).toMatchObject({ members: [{ since: 0 }, { since: 0 }] });
    other.hangUp();
    expect(await ask()).toMatchObject({ members: [{ since: 0 }] });
    expect(await say({ type: "presence", id: "q", channel: "stock:1" })).toMatchObject([
      { code: "unsupported" },
    ]);
  });

  it("for history give the oldest or the newest, in the order asked for", async () => {
    const { hub, say } = await setUp({ authorize: () => true });
    for (const text of ["a", "b", "c"])
      await hub.publish(contract.inbox({ userId: "u" }), { text });
    const ask = async (fields: object) => {
      const [answer] = await say({ type: "history", id: "h", channel: "inbox:u", ...fields });
      const result = z
        .object({
          data: z.object({ epoch: z.string(), events: z.array(z.object({ offset: z.int() })) }),
        })
        .parse(answer);
      return { epoch: result.data.epoch, offsets: result.data.events.map(({ offset }) => offset) };
    };
    const { epoch, offsets } = await ask({});
    expect(offsets).toEqual([1, 2, 3]);
    expect((await ask({ limit: 2 })).offsets).toEqual([1, 2]);
    expect((await ask({ limit: 2, reverse: true })).offsets).toEqual([3, 2]);
    expect((await ask({ since: { epoch, offset: 2 } })).offsets).toEqual([3]);
    expect((await ask({ since: { epoch: "another", offset: 2 } })).offsets).toEqual([1, 2, 3]);
  });
});

describe("authentication", () => {
  it("must come first: anything else ends the connection with 4501 (A14)", async () => {
    const { client, say } = await setUp({ authenticate });
    await say({ type: "ping" });
    expect(client.ending).toMatchObject({ code: 4501 });
  });

  it("must come in time (A13)", async () => {
    const { client, clock } = await setUp({ authenticate });
    clock.advance(2_999);
    expect(client.ending).toBeUndefined();
    clock.advance(1);
    expect(client.ending).toMatchObject({ code: 4501 });
  });

  it("lets messages sent along with it wait for it, and answers in order", async () => {
    const { say } = await setUp({ authenticate });
    expect(
      await say(
        { type: "auth", id: "1", token: "ann" },
        { type: "subscribe", id: "2", channel: "inbox:ann" },
        { type: "ping", id: "3" },
      ),
    ).toMatchObject([{ type: "authenticated", userId: "ann" }, { id: "3" }, { id: "2" }]);
  });

  it("ends the connection when the token is no good (A16, A17)", async () => {
    const { client, say } = await setUp({ authenticate });
    await say({ type: "auth", token: "bad" });
    expect(client.ending).toMatchObject({ code: 4501 });
  });

  it("may be tried again when the token could not be checked", async () => {
    const { client, say } = await setUp({ authenticate });
    expect(await say({ type: "auth", id: "1", token: "down" })).toMatchObject([
      { code: "unavailable" },
    ]);
    expect(client.ending).toBeUndefined();
    expect(await say({ type: "auth", id: "2", token: "ann" })).toMatchObject([{ userId: "ann" }]);
  });

  it("is refreshed in place by the same user, and refused to another (A15)", async () => {
    const { client, say, clock } = await setUp({ authenticate });
    await say({ type: "auth", token: "ann@5000" });
    clock.advance(4_000);
    expect(await say({ type: "auth", token: "ann@9000" })).toMatchObject([{ expiresAt: 9_000 }]);
    clock.advance(2_000);
    expect(client.ending).toBeUndefined();
    await say({ type: "auth", token: "bob" });
    expect(client.ending).toMatchObject({ code: 4500 });
  });

  it("ends with the token: 4005 asks for a new one (A18)", async () => {
    const { client, say, clock } = await setUp({ authenticate });
    await say({ type: "auth", token: "ann@5000" });
    clock.advance(4_999);
    expect(client.ending).toBeUndefined();
    clock.advance(1);
    expect(client.ending).toMatchObject({ code: 4005 });
  });

  it("by a header of the upgrade needs no message", async () => {
    const { hub } = await setUp({ authenticate });
    const client = await fakeClient(hub.gate, { headers: { authorization: "Bearer ann" } });
    await settled();
    expect(client.got("connected")).toMatchObject([{ userId: "ann" }]);
  });

  it("that throws at the upgrade turns it away with 503 (A11)", async () => {
    const { hub } = await setUp({ authenticate });
    const dial = fakeClient(hub.gate, { headers: { authorization: "Bearer down" } });
    await expect(dial).rejects.toThrow("503");
    expect(hub.connections.size).toBe(1);
  });

  it("is not offered where nobody is asked", async () => {
    const { say } = await setUp();
    expect(await say({ type: "auth", token: "ann" })).toMatchObject([{ code: "unsupported" }]);
  });

  it("withdrawn from a user ends all the user's connections with 4503 (A22)", async () => {
    const { hub, client, say } = await setUp({ authenticate });
    await say({ type: "auth", token: "ann" });
    const bob = await fakeClient(hub.gate, { headers: { authorization: "Bearer bob" } });
    expect(hub.disconnect({ userId: "ann" })).toBe(1);
    expect(client.ending).toMatchObject({ code: 4503 });
    expect(bob.ending).toBeUndefined();
  });
});

describe("authorization", () => {
  it("is asked on every subscribe, also on one that recovers (A23)", async () => {
    const { say } = await setUp({ authenticate });
    await say({ type: "auth", token: "ann" });
    const since = { epoch: "e", offset: 1 };
    expect(await say({ type: "subscribe", channel: "inbox:bob", since })).toMatchObject([
      { type: "error", code: "forbidden", channel: "inbox:bob" },
    ]);
  });

  it("that cannot tell is not a yes", async () => {
    const { say } = await setUp({
      authorize: () => {
        throw new Error("policy service is down");
      },
    });
    expect(await say({ type: "subscribe", channel: "stock:1" })).toMatchObject([
      { code: "unavailable" },
    ]);
  });

  it("by default lets clients read and call but not publish", async () => {
    const hub = createHub({
      contract,
      methods: { double: ({ n }) => ({ n: n * 2 }), wait: () => ({}) },
    });
    const client = await fakeClient(hub.gate);
    client.receive({ type: "subscribe", channel: "stock:1" });
    client.receive({ type: "publish", id: "1", channel: "stock:1", data: { price: 1 } });
    await settled();
    expect(client.got("subscribed")).toHaveLength(1);
    expect(client.got("error")).toMatchObject([{ code: "forbidden", id: "1" }]);
  });
});

describe("a publish by a client", () => {
  const publish = { type: "publish", id: "1", channel: "stock:1", data: { price: 1 }, key: "k" };

  it("is answered with its position, and its repeat with the same one", async () => {
    const { say } = await setUp();
    const [first] = await say(publish);
    expect(first).toMatchObject({ type: "published", id: "1", offset: 1, duplicate: false });
    expect(await say({ ...publish, id: "2" })).toMatchObject([
      { id: "2", offset: 1, duplicate: true },
    ]);
  });

  it("that does not fit the schema names the field, and disturbs nobody", async () => {
    const { hub, say } = await setUp();
    const other = await fakeClient(hub.gate);
    other.receive({ type: "subscribe", channel: "stock:1" });
    await settled();
    expect(await say({ ...publish, data: { price: "high" } })).toMatchObject([
      { code: "invalid-payload", details: { field: "price" }, channel: "stock:1" },
    ]);
    expect(other.got("event")).toEqual([]);
  });
});
