import { once } from "node:events";
import { encode } from "@msgpack/msgpack";
import { msgpackCodec } from "@tocsin/protocol/msgpack";
import { describe, expect, it } from "vitest";
import { memoryHistoryStore } from "../../../src/index.js";
import { type AbusedHub, abusedHub, contract, SECRET, until } from "../../support/abused-hub.js";

interface Answer {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Sends frames as they are and resolves with so many answers after the greeting. */
async function say(at: AbusedHub, frames: readonly (object | string)[], answers = frames.length) {
  const socket = at.dial();
  const heard: Answer[] = [];
  socket.on("message", (raw) => heard.push(JSON.parse(String(raw))));
  const closed = once(socket, "close").then(([code]): number => code);
  await once(socket, "open");
  for (const frame of frames)
    socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  await until(() => heard.length > answers || socket.readyState === socket.CLOSED);
  return { answers: heard.slice(1), closed, socket };
}

const publish = (data: string) =>
  `{"type":"publish","id":"1","channel":"price:1","data":{"note":"${SECRET}","price":${data}}}`;
const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
const allowAll = { authorize: () => true };
const subscribe = (channel: string) => ({ type: "subscribe", id: "1", channel });

describe("a message is answered with an error", () => {
  it.each([
    ["A31: that is half of one", `{"type":"ping","id":"${SECRET}"`, "malformed"],
    ["A31: that is a list", `["${SECRET}"]`, "malformed"],
    ["A31: of a type nobody knows", { type: SECRET, id: "1" }, "unknown-type"],
    ["A32: that nests 10,000 levels deep", publish(deep), "malformed"],
    ["A32: with a number of 60,000 digits", publish("9".repeat(60_000)), "invalid-payload"],
    ["A32: with a price that is NaN", publish("NaN"), "malformed"],
    ["A32: with a price that is a text", publish('"NaN"'), "invalid-payload"],
    ["A32: with a price that is infinite", publish("1e999"), "invalid-payload"],
    ["A33: to a channel named __proto__", subscribe("__proto__"), "unknown-channel"],
    ["A33: to a channel named constructor", subscribe("constructor"), "unknown-channel"],
    [
      "A33: to a method named constructor",
      { type: "call", id: "1", method: "constructor" },
      "unknown-method",
    ],
    [
      "A34: with an id of 65 characters",
      { type: "ping", id: SECRET.padEnd(65, "x") },
      "invalid-message",
    ],
    ["A34: to a channel of 256 bytes", subscribe(`inbox:${"x".repeat(250)}`), "invalid-message"],
    ["A34: to a channel with a control character", subscribe("inbox:a\u0000b"), "unknown-channel"],
    ["A34: to a channel with a line feed", subscribe("inbox:a\nb"), "unknown-channel"],
    [
      "A34: with a key of 256 characters",
      { type: "publish", id: "1", channel: "price:1", data: { price: 1 }, key: "x".repeat(256) },
      "invalid-message",
    ],
    ["A37: to a pattern of 30 wildcards", subscribe(`inbox:${"*".repeat(30)}b`), "unknown-channel"],
    ["A37: to a pattern of groups", subscribe("inbox:(a+)+$"), "unknown-channel"],
  ])("%s", async (_name, frame, code) => {
    await using at = await abusedHub(allowAll);
    const { answers, socket } = await say(at, [frame]);
    expect(answers).toMatchObject([{ type: "error", code }]);
    expect(socket.readyState).toBe(socket.OPEN);
    await at.rejectedOnce("message", code);
  });

  it("A32: whose containers promise more than the frame holds, in MessagePack", async () => {
    await using at = await abusedHub();
    const socket = at.dial({}, "/ws", ["tocsin.v1.msgpack"]);
    const heard: unknown[] = [];
    socket.on("message", (raw: Buffer) => heard.push(msgpackCodec.parse(raw)));
    await once(socket, "open");
    const frame = encode({ type: "ping", id: "1" });
    socket.send(Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff, ...frame));
    await until(() => heard.length === 2);
    expect(heard[1]).toMatchObject({ value: { type: "error", code: "malformed" } });
    await at.rejectedOnce("message", "malformed");
  });

  it("A35: as the 101st subscription where 100 are allowed", async () => {
    await using at = await abusedHub({ limits: { channelsPerConnection: 100 } });
    const all = Array.from({ length: 101 }, (_, n) => subscribe(`inbox:${n}`));
    const numbered = all.map((message, n) => ({ ...message, id: `${n}` }));
    const { answers } = await say(at, numbered);
    const refused = answers.filter(({ type }) => type !== "subscribed");
    expect(refused).toMatchObject([{ type: "error", code: "limit", channel: "inbox:100" }]);
    expect(at.hub.subscriptions.size).toBe(101); // the bystander's is one
    await at.rejectedOnce("message", "limit");
  });

  it("A36: whose id is that of a request still open", async () => {
    await using at = await abusedHub(allowAll);
    const call = { type: "call", id: SECRET, method: "wait", params: {} };
    const { answers } = await say(at, [call, { ...subscribe("inbox:ada"), id: SECRET }], 1);
    expect(answers).toMatchObject([{ type: "error", code: "duplicate-id", id: SECRET }]);
    await at.rejectedOnce("message", "duplicate-id");
  });
});

describe("a connection is ended", () => {
  it("A31: with 4500 at its tenth message in a row that makes no sense", async () => {
    await using at = await abusedHub();
    const nonsense = Array.from({ length: 9 }, () => `{"${SECRET}`);
    const { answers, closed } = await say(at, [...nonsense, { type: "ping" }, ...nonsense, "{"]);
    expect(await closed).toBe(4500);
    expect(answers.filter(({ code }) => code === "malformed")).toHaveLength(19);
    expect(at.hub.stats().rejected).toEqual({ message: { malformed: 19 } });
    const lines = at.lines.filter(({ level }) => level !== "debug");
    expect(lines).toHaveLength(10); // and no more, as they came within a second
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  it("A38: with 4029 when it floods, and is told when to come back", async () => {
    await using at = await abusedHub({ limits: { messageBurst: 20, messagesPerSecond: 1 } });
    const flood = Array.from({ length: 500 }, (_, n) => ({ type: "ping", id: `${SECRET}${n}` }));
    const { answers, closed } = await say(at, flood, Number.POSITIVE_INFINITY);
    expect(await closed).toBe(4029);
    expect(answers.at(-1)).toMatchObject({ type: "error", code: "rate-limited" });
    const retryAfterMs = answers.at(-1)?.retryAfterMs;
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(1_000);
    expect(answers.length).toBeLessThanOrEqual(21);
    await at.rejectedOnce("message", "rate-limited");
  });
});

describe("what only looks like an attack", () => {
  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "A33: an id, a key and a part of an address named %s are just names",
    async (name) => {
      await using at = await abusedHub(allowAll);
      const channel = `inbox:${name}`;
      const entry = { id: name, channel, data: { text: SECRET }, key: name };
      const { answers, socket } = await say(at, [{ ...subscribe(channel), id: name }]);
      expect(answers).toMatchObject([{ type: "subscribed", id: name, channel }]);
      const heard: Answer[] = [];
      socket.on("message", (raw) => heard.push(JSON.parse(String(raw))));
      for (const duplicate of [false, true]) {
        socket.send(JSON.stringify({ type: "publish", ...entry }));
        await until(() => heard.some((answer) => answer.duplicate === duplicate));
      }
      const events = heard.filter(({ type }) => type === "event");
      expect(events).toMatchObject([{ channel, data: { text: SECRET } }]);
      expect(heard.filter(({ type }) => type === "published")).toMatchObject([
        { id: name, channel },
        { id: name, channel },
      ]);
      await at.rejectedNothing();
    },
  );

  it("A39: a forged position is a gap, and the read behind it is bounded", async () => {
    const history = memoryHistoryStore();
    const limits: (number | undefined)[] = [];
    await using at = await abusedHub({
      limits: { maxReplay: 50 },
      history: {
        ...history,
        read(channel, query) {
          if (channel.startsWith("inbox")) limits.push(query?.limit);
          return history.read(channel, query);
        },
      },
    });
    const inbox = contract.inbox({ userId: "ada" });
    let epoch = "";
    for (let n = 0; n < 200; n += 1) ({ epoch } = await at.hub.publish(inbox, { text: "x" }));
    const forged = [
      { epoch: "forged", offset: 3 },
      { epoch, offset: Number.MAX_SAFE_INTEGER },
      { epoch, offset: 0 },
      { epoch: "__proto__", offset: 0 },
    ];
    for (const since of forged) {
      const { answers } = await say(at, [{ ...subscribe(inbox.name), since }]);
      expect(answers).toMatchObject([{ type: "subscribed", recovery: "gap" }]);
      const asked = { type: "history", id: "h", channel: inbox.name, since, limit: 1_000 };
      const { answers: past } = await say(at, [asked]);
      expect(past).toMatchObject([{ type: "result" }]);
      expect(JSON.stringify(past).split('"offset"').length).toBeLessThanOrEqual(52);
    }
    expect(limits.length).toBeGreaterThan(0);
    for (const limit of limits) expect(limit).toBeLessThanOrEqual(51);
    await at.rejectedNothing();
  });
});
