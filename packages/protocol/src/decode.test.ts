import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyClientMessage, anyServerMessage } from "../test/support/messages.js";
import { jsonCodec } from "./codec-json.js";
import { type Decoded, decodeClientMessage, decodeServerMessage } from "./decode.js";
import { MAX_DEPTH } from "./limits.js";
import { msgpackCodec } from "./msgpack/index.js";

/** The reading of a JSON frame. */
const read = (frame: unknown) =>
  decodeClientMessage(jsonCodec, typeof frame === "string" ? frame : JSON.stringify(frame));

const nest = (levels: number): unknown =>
  levels === 0 ? 1 : levels % 2 ? { deeper: nest(levels - 1) } : [nest(levels - 1)];

describe("what is no message", () => {
  it.each([
    ["nothing", ""],
    ["half an object (A31)", '{"type":"ping"'],
    ["two objects", '{"type":"ping"}{"type":"ping"}'],
    ["a bare word", "NaN"],
    ["a number that is none (A32)", '{"type":"publish","id":"1","channel":"a","data":NaN}'],
    ["a list", '[{"type":"ping"}]'],
    ["null", "null"],
    ["a text", '"ping"'],
  ])("is malformed: %s", (_name, frame) => {
    expect(read(frame)).toMatchObject({ ok: false, why: "malformed", problem: { field: "" } });
  });

  it("is malformed when it nests too deep, whichever the codec (A32)", () => {
    const message = { type: "publish", id: "1", channel: "a", data: nest(MAX_DEPTH) };
    const malformed = { ok: false, why: "malformed", problem: { message: /64 levels/ } };
    for (const [codec, frame] of [
      [jsonCodec, JSON.stringify(message)],
      [msgpackCodec, encode(message)],
    ] as const) {
      const decoded = decodeClientMessage(codec, frame);
      expect(decoded).toMatchObject({ ok: false, why: "malformed" });
      expect(!decoded.ok && decoded.problem.message).toMatch(malformed.problem.message);
    }
    expect(read({ ...message, data: nest(MAX_DEPTH - 1) }).ok).toBe(true);
  });

  it("is refused at depth 10,000 without using up the stack (A32)", () => {
    const deep = `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`;
    expect(read(`{"type":"publish","id":"1","channel":"a","data":${deep}}`)).toMatchObject({
      why: "malformed",
    });
    const arrays = new Uint8Array(10_001).fill(0x91);
    arrays[10_000] = 0xc0;
    expect(decodeClientMessage(msgpackCodec, arrays)).toMatchObject({ why: "malformed" });
  });

  it("does not lose a payload at the limit once a snapshot or a history result wraps it", () => {
    const data = nest(MAX_DEPTH); // what a server may publish; a client, one level less
    const events = [{ offset: 1, data, timestamp: 1 }];
    const position = { epoch: "e", offset: 1 };
    for (const message of [
      {
        type: "subscribed",
        channel: "a",
        mode: "log",
        recovery: "fresh",
        ...position,
        snapshot: events,
      },
      { type: "result", id: "1", data: { ...position, events } },
    ]) {
      for (const codec of [jsonCodec, msgpackCodec]) {
        const frame = codec.serialize(message) ?? "";
        expect(decodeServerMessage(codec, frame).ok).toBe(true);
      }
    }
  });
});

describe("a type nobody knows (A31)", () => {
  it.each([
    ["missing", { id: "7" }],
    ["not a text", { id: "7", type: 1 }],
    ["unknown", { id: "7", type: "subscribed" }],
    ["in another case", { id: "7", type: "Ping" }],
    ["__proto__ (A33)", { id: "7", type: "__proto__" }],
    ["constructor (A33)", { id: "7", type: "constructor" }],
  ])("is answered under its id, with the types there are: %s", (_name, frame) => {
    expect(read(frame)).toMatchObject({
      ok: false,
      why: "unknown-type",
      id: "7",
      problem: {
        field: "type",
        message:
          "must be one of auth, subscribe, unsubscribe, publish, call, history, presence, ping",
      },
    });
  });

  it("is known by the other side only", () => {
    const frame = JSON.stringify({ type: "pong", timestamp: 1 });
    expect(decodeServerMessage(jsonCodec, frame).ok).toBe(true);
    expect(decodeClientMessage(jsonCodec, frame)).toMatchObject({ why: "unknown-type" });
  });
});

describe("a name that means something to JavaScript (A33)", () => {
  it.each(["__proto__", "constructor", "toString"])("stays the text %s", (name) => {
    const message = { type: "publish", id: name, channel: name, data: { name }, key: name };
    expect(read(message)).toEqual({ ok: true, message });
  });

  it("as a field does not become a prototype", () => {
    const decoded = read('{"type":"ping","__proto__":{"id":"x"},"constructor":1}');
    expect(decoded).toEqual({ ok: true, message: { type: "ping" } });
    expect(Object.getPrototypeOf({}).id).toBeUndefined();
    const inherited = read('{"id":"1","channel":"a","__proto__":{"type":"presence"}}');
    expect(inherited).toMatchObject({ ok: false, why: "unknown-type" });
  });
});

describe("a payload with a field named __proto__ (A33)", () => {
  it.each([
    ["data", '{"type":"publish","id":"1","channel":"a","data":{"a":[{"__proto__":1}]}}'],
    ["params", '{"type":"call","id":"1","method":"m","params":{"__proto__":{}}}'],
  ])("is refused, since no MessagePack reader of the channel could read it: %s", (field, frame) => {
    expect(read(frame)).toMatchObject({
      why: "invalid-message",
      id: "1",
      problem: { field, message: 'must not hold a field named "__proto__"' },
    });
  });
});

describe("whatever comes in", { timeout: 30_000 }, () => {
  const harmless = (decoded: Decoded<unknown>) => {
    if (decoded.ok) return;
    expect(["malformed", "unknown-type", "invalid-message"]).toContain(decoded.why);
    expect(decoded.problem.message).not.toBe("");
    if (decoded.id !== undefined) expect(decoded.id.length).toBeLessThanOrEqual(64);
  };
  const both = (codec: typeof jsonCodec, frame: string | Uint8Array) => {
    harmless(decodeClientMessage(codec, frame));
    harmless(decodeServerMessage(codec, frame));
  };

  it("is never thrown over: bytes and text (A31, A32)", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ unit: "binary" }),
        (bytes, text) => {
          for (const codec of [jsonCodec, msgpackCodec]) {
            both(codec, bytes);
            both(codec, text);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is never thrown over: frames with some bytes changed (A31)", () => {
    const message = fc.oneof(anyClientMessage, anyServerMessage);
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(message, changes, (message, changes) => {
        const text = new TextEncoder().encode(JSON.stringify(message));
        for (const [codec, bytes] of [
          [jsonCodec, text],
          [msgpackCodec, encode(message)],
        ] as const) {
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          both(codec, bytes);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is never thrown over: messages with some field replaced, dropped or doubled (A31 to A36)", () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, "", "\u0000", "\ud800", "x".repeat(9_000), -1, 1e308, 2 ** 53, [], {}),
    );
    const fields = [
      ...new Set("type id channel since rewind data key token limit offset".split(" ")),
    ];
    fc.assert(
      fc.property(
        fc.oneof(anyClientMessage, anyServerMessage),
        fc.constantFrom(...fields, "__proto__"),
        fc.option(anything, { nil: undefined }),
        (message, field, value) => {
          const changed = Object.entries(message).filter(([name]) => name !== field);
          if (value !== undefined) changed.push([field, value]);
          const mutant = Object.fromEntries(changed);
          both(jsonCodec, JSON.stringify(mutant));
          both(msgpackCodec, encode(mutant, { ignoreUndefined: true }));
        },
      ),
      { numRuns: 300 },
    );
  });
});
