import { describe, expect, it } from "vitest";
import type { MessageHandler, MessageHandlerParts } from "../inbound/message-handler.js";
import type { Authenticate } from "../inbound/policy.js";
import { settled } from "./fake-client.js";
import { type HandlerSettings, handlerContract, harness } from "./message-handler-harness.js";

/** Tokens are user names; `down` stands for a token service that does not answer. */
const authenticate: Authenticate = async ({ token }) => {
  if (token === "down") throw new Error("token service is down");
  return token === undefined || token === "bad" ? null : { userId: token };
};

const DEEP = `{"type":"ping","x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
const subscribe = (channel: string) => ({ type: "subscribe", id: "1", channel });

/** What every {@link MessageHandler} promises. Run it over your own with a function that makes one of the parts given. */
export function describeMessageHandler(
  name: string,
  create: (parts: MessageHandlerParts) => MessageHandler,
): void {
  const setUp = (settings?: HandlerSettings) => harness(create, settings);

  describe(`MessageHandler: ${name}`, () => {
    it("subscribes, delivers from then on, and unsubscribes", async () => {
      const { say, publisher, connection, subscriptions } = setUp();
      const price = handlerContract.price({ code: "1" });
      await publisher.publish(price, { price: 10 });
      expect(await say({ type: "subscribe", id: "s", channel: "price:1" })).toMatchObject([
        { type: "subscribed", id: "s", channel: "price:1", offset: 1, snapshot: { price: 10 } },
      ]);
      await publisher.publish(price, { price: 11 });
      await settled();
      expect(connection.socket.sent.at(-1)).toMatchObject({ channel: "price:1", offset: 2 });
      expect(await say({ type: "unsubscribe", id: "u", channel: "price:1" })).toMatchObject([
        { type: "unsubscribed", id: "u", channel: "price:1" },
      ]);
      expect(subscriptions.size).toBe(0);
      await publisher.publish(price, { price: 12 });
      expect(await say({ type: "ping", id: "p" })).toMatchObject([{ type: "pong", id: "p" }]);
    });

    it("answers every kind of request with its id", async () => {
      const { say } = setUp();
      const room = { type: "subscribe", id: "2", channel: "room:1" };
      await say({ type: "publish", id: "1", channel: "inbox:ada", data: { text: "hi" } }, room);
      const answers = await say(
        { type: "publish", id: "3", channel: "inbox:ada", data: { text: "ho" } },
        { type: "history", id: "4", channel: "inbox:ada" },
        { type: "presence", id: "5", channel: "room:1" },
        { type: "call", id: "6", method: "double", params: { n: 21 } },
        { type: "ping", id: "7" },
      );
      const byId = new Map(answers.map((answer) => ["id" in answer ? answer.id : "", answer]));
      expect(byId.get("3")).toMatchObject({ type: "published", offset: 2, duplicate: false });
      expect(byId.get("4")).toMatchObject({ data: { events: [{ offset: 1 }, { offset: 2 }] } });
      expect(byId.get("5")).toMatchObject({ data: { members: [{ since: 0 }] } });
      expect(byId.get("6")).toMatchObject({ type: "result", data: { n: 42 } });
      expect(byId.get("7")).toMatchObject({ type: "pong" });
    });

    it("carries out the requests of one channel in the order they came", async () => {
      const { say } = setUp();
      const channel = "price:1";
      const answers = await say(
        { type: "subscribe", id: "1", channel },
        { type: "unsubscribe", id: "2", channel },
        { type: "subscribe", id: "3", channel },
        { type: "unsubscribe", id: "4", channel },
      );
      expect(answers.map((answer) => "id" in answer && answer.id)).toEqual(["1", "2", "3", "4"]);
    });

    it("does not let a slow call hold up anything else", async () => {
      const { say, release, connection } = setUp();
      const slow = { type: "call", id: "slow", method: "wait", params: {} };
      expect(await say(slow, { type: "ping", id: "p" })).toMatchObject([{ type: "pong" }]);
      release();
      await settled();
      expect(connection.socket.sent.at(-1)).toMatchObject({ type: "result", id: "slow" });
    });

    it.each([
      ["broken JSON", "{", "malformed", undefined],
      ["a list", "[]", "malformed", undefined],
      ["nesting without end", DEEP, "malformed", undefined],
      ["an unknown type", { type: "shout", id: "1" }, "unknown-type", "type"],
      ["no channel", { type: "subscribe", id: "1" }, "invalid-message", "channel"],
      ["an unknown channel", subscribe("nope"), "unknown-channel", "channel"],
      ["a prototype", subscribe("__proto__"), "unknown-channel", "channel"],
      ["a pattern", subscribe("price:*"), "unknown-channel", "channel"],
      [
        "params where none are taken",
        { ...subscribe("price:1"), params: 1 },
        "invalid-params",
        "params",
      ],
      [
        "data that does not fit",
        { type: "publish", id: "1", channel: "price:1", data: {} },
        "invalid-payload",
        "price",
      ],
      [
        "an unknown method",
        { type: "call", id: "1", method: "constructor" },
        "unknown-method",
        "method",
      ],
      [
        "input that does not fit",
        { type: "call", id: "1", method: "double", params: {} },
        "invalid-params",
        "params.n",
      ],
      [
        "history of a signal",
        { type: "history", id: "1", channel: "room:1" },
        "unsupported",
        undefined,
      ],
      [
        "presence where there is none",
        { type: "presence", id: "1", channel: "price:1" },
        "unsupported",
        undefined,
      ],
    ])(
      "answers %s with a code and the field that is wrong (A31–A34, A37)",
      async (_what, frame, code, field) => {
        const { say, connection, rejected } = setUp();
        const [answer] = await say(frame);
        expect(answer).toMatchObject({ type: "error", code });
        if (typeof frame === "object") expect(answer).toMatchObject({ id: "1" });
        if (field !== undefined) expect(answer).toMatchObject({ details: { field } });
        expect(rejected).toEqual([`message ${code}`]);
        expect(connection.closing).toBe(false);
      },
    );

    it("ends a connection with 4500 at the tenth frame of nonsense in a row (A31)", async () => {
      const { say, connection } = setUp();
      for (let turn = 0; turn < 9; turn += 1) await say("{");
      await say({ type: "ping" });
      for (let turn = 0; turn < 9; turn += 1) await say("{");
      expect(connection.closing).toBe(false);
      await say("{");
      expect(connection.socket.ending).toMatchObject({ code: 4500 });
      expect(connection.socket.sent.at(-1)).toMatchObject({ code: "malformed" });
    });

    it("ends a flood with 4029 and says when to come back (A38)", async () => {
      const { say, connection, rejected } = setUp({ rate: { messagesPerSecond: 10, burst: 3 } });
      const ping = { type: "ping" };
      expect(await say(ping, ping, ping)).toHaveLength(3);
      expect(await say(ping, ping, ping)).toMatchObject([
        { type: "error", code: "rate-limited", retryAfterMs: 100 },
      ]);
      expect(connection.socket.ending).toMatchObject({ code: 4029 });
      expect(rejected).toEqual(["message rate-limited"]);
    });

    it("refuses a request whose id is in use, until that one is answered (A36)", async () => {
      const { say, release } = setUp();
      const wait = { type: "call", id: "1", method: "wait", params: {} };
      expect(await say(wait, wait)).toMatchObject([{ code: "duplicate-id", id: "1" }]);
      release();
      await settled();
      expect(await say({ type: "ping", id: "1" })).toMatchObject([{ type: "pong", id: "1" }]);
    });

    it("refuses a channel above the limit, and takes it when another is left (A35)", async () => {
      const { say } = setUp({ maxChannels: 1 });
      await say({ type: "subscribe", channel: "price:1" });
      const second = { type: "subscribe", channel: "price:2" };
      expect(await say(second)).toMatchObject([{ code: "limit", channel: "price:2" }]);
      await say({ type: "unsubscribe", channel: "price:1" });
      expect(await say(second)).toMatchObject([{ type: "subscribed" }]);
    });

    it("asks the policy about everything but pings, and does nothing without a yes", async () => {
      const { say, asked, subscriptions } = setUp({ authorize: () => false });
      const answers = await say(
        { type: "subscribe", channel: "price:1" },
        { type: "publish", id: "1", channel: "price:1", data: { price: 1 } },
        { type: "history", id: "2", channel: "inbox:ada" },
        { type: "presence", id: "3", channel: "room:1" },
        { type: "call", id: "4", method: "double", params: { n: 1 } },
        { type: "ping" },
      );
      expect(answers.filter((answer) => answer.type === "error")).toHaveLength(5);
      for (const answer of answers) {
        if (answer.type === "error") expect(answer.code).toBe("forbidden");
      }
      expect(new Set(asked.map(({ action }) => action))).toEqual(
        new Set(["subscribe", "publish", "history", "presence", "call"]),
      );
      expect(subscriptions.size).toBe(0);
    });

    it("asks the policy again for a subscribe that recovers (A23)", async () => {
      let allowed = true;
      const { say } = setUp({ authorize: () => allowed });
      const [subscribed] = await say({ type: "subscribe", channel: "inbox:ada" });
      if (subscribed?.type !== "subscribed") throw new Error("did not subscribe");
      await say({ type: "unsubscribe", channel: "inbox:ada" });
      allowed = false;
      const since = { epoch: subscribed.epoch, offset: subscribed.offset };
      expect(await say({ type: "subscribe", channel: "inbox:ada", since })).toMatchObject([
        { type: "error", code: "forbidden" },
      ]);
    });

    it("takes a policy that throws for one that cannot tell, not for a yes", async () => {
      const { say } = setUp({ authorize: () => Promise.reject(new Error("policy is down")) });
      expect(await say({ type: "subscribe", channel: "price:1" })).toMatchObject([
        { code: "unavailable" },
      ]);
    });

    it("keeps the server's troubles to the server", async () => {
      const { say, failures } = setUp();
      const [answer] = await say({ type: "call", id: "1", method: "fail", params: {} });
      expect(answer).toMatchObject({ type: "error", id: "1", code: "internal" });
      expect(JSON.stringify(answer)).not.toContain("hunter2");
      expect(failures).toHaveLength(1);
    });

    it("ends a connection with 4501 that does not begin with auth (A14)", async () => {
      const { say, connection } = setUp({ authenticate });
      expect(await say({ type: "subscribe", channel: "price:1" })).toEqual([]);
      expect(connection.socket.ending).toMatchObject({ code: 4501 });
    });

    it("lets messages sent along with auth wait for it", async () => {
      const { say } = setUp({ authenticate });
      const answers = await say(
        { type: "auth", id: "1", token: "ada" },
        { type: "subscribe", id: "2", channel: "inbox:ada" },
      );
      expect(answers).toMatchObject([{ type: "authenticated", userId: "ada" }, { id: "2" }]);
    });

    it("ends a connection with 4501 for a bad token, and carries out nothing sent along (A16, A17)", async () => {
      const { say, connection, subscriptions } = setUp({ authenticate });
      await say({ type: "auth", token: "bad" }, { type: "subscribe", channel: "price:1" });
      expect(connection.socket.ending).toMatchObject({ code: 4501 });
      expect(subscriptions.size).toBe(0);
    });

    it("lets a token be tried again that could not be checked", async () => {
      const { say } = setUp({ authenticate });
      expect(await say({ type: "auth", id: "1", token: "down" })).toMatchObject([
        { code: "unavailable", id: "1" },
      ]);
      expect(await say({ type: "auth", id: "2", token: "ada" })).toMatchObject([
        { type: "authenticated", id: "2" },
      ]);
    });

    it("refreshes the right of the same user in place, and ends with 4500 for another (A15)", async () => {
      const { say, connection } = setUp({ authenticate });
      await say({ type: "auth", token: "ada" });
      expect(await say({ type: "auth", token: "ada" })).toMatchObject([{ userId: "ada" }]);
      await say({ type: "auth", token: "bob" });
      expect(connection.socket.ending).toMatchObject({ code: 4500 });
    });

    it("does nothing for a connection that is closing, and forgets one when told (F17)", async () => {
      const { say, handler, connection } = setUp();
      connection.closing = true;
      expect(await say({ type: "ping" }, "{")).toEqual([]);
      handler.forget(connection);
      handler.forget(connection);
    });
  });
}
