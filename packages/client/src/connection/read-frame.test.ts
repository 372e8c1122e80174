import { decodeServerMessage, jsonCodec } from "@tocsin/protocol";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { readFrame } from "./read-frame.js";

// a busy machine takes its time over some hundred stories
vi.setConfig({ testTimeout: 60_000 });

const offset = fc.nat();
const text = fc.string({ minLength: 1, maxLength: 10 });
const timestamp = fc.integer();
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const of = <T extends object>(type: string, fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record({ type: fc.constant(type), ...fields });

const message = fc.oneof(
  of("connected", {
    clientId: text,
    sessionId: text,
    protocol: fc.nat(),
    heartbeat: fc.record({ intervalMs: fc.nat(), timeoutMs: fc.nat() }),
    limits: fc.dictionary(text, fc.nat()),
    userId: optional(text),
    expiresAt: optional(timestamp),
    timestamp,
  }),
  of("authenticated", { id: optional(text), userId: text, expiresAt: optional(timestamp) }),
  of("subscribed", {
    id: optional(text),
    channel: text,
    mode: fc.constantFrom("latest", "table", "log", "signal"),
    epoch: text,
    offset,
    recovery: fc.constantFrom("fresh", "nothing-missed", "recovered", "gap"),
    gap: optional(fc.record({ from: offset, to: offset, reason: text })),
    snapshot: optional(fc.jsonValue()),
  }),
  of("unsubscribed", { id: optional(text), channel: text, reason: optional(text) }),
  of("event", {
    channel: text,
    offset: optional(offset),
    data: optional(fc.jsonValue()),
    timestamp,
    key: optional(text),
    removed: optional(fc.boolean()),
    replayed: optional(fc.boolean()),
    conflated: optional(fc.nat()),
  }),
  of("patch", {
    channel: text,
    offset,
    base: offset,
    patch: fc.jsonValue(),
    key: optional(text),
    timestamp,
  }),
  of("published", { id: text, channel: text, offset, epoch: text, duplicate: fc.boolean() }),
  of("result", { id: text, data: optional(fc.jsonValue()) }),
  of("error", {
    id: optional(text),
    channel: optional(text),
    code: text,
    message: text,
    details: optional(fc.jsonValue()),
    retryAfterMs: optional(fc.nat()),
  }),
  of("pong", { id: optional(text), reconnectWithinMs: optional(fc.nat()), timestamp }),
  of("goaway", { reason: text, reconnectAfterMs: fc.nat() }),
);

test("every message the protocol's schema takes is read, and unknown fields do no harm (E13)", () => {
  fc.assert(
    fc.property(message, fc.jsonValue(), (value, extra) => {
      const frame = JSON.stringify({ ...value, extraField: extra });
      expect(decodeServerMessage(jsonCodec, frame).ok).toBe(true);
      expect(readFrame(jsonCodec, frame)).toEqual({ ok: true, message: JSON.parse(frame) });
    }),
    { numRuns: 500 },
  );
});

test("a message with one field spoilt is refused exactly when the schema refuses it", () => {
  // what the schema bounds more tightly than a client needs to: lengths, and words a later server may add to
  const lenient = ["id", "channel", "epoch", "mode", "recovery"];
  const spoilt = fc.constantFrom<unknown>(null, 1.5, -1, true, [], {}, "x", undefined);
  fc.assert(
    fc.property(message, fc.nat(), spoilt, (value, pick, bad) => {
      const names = Object.keys(value).filter((name) => name !== "type" && !lenient.includes(name));
      const name = names[pick % names.length] ?? "";
      const frame = JSON.stringify({ ...value, [name]: bad });
      expect(readFrame(jsonCodec, frame).ok).toBe(decodeServerMessage(jsonCodec, frame).ok);
    }),
    { numRuns: 1_500 },
  );
});

test("a type from a later version is no error, anything else is (E13)", () => {
  expect(readFrame(jsonCodec, '{"type":"confetti"}')).toEqual({ ok: true, message: undefined });
  expect(readFrame(jsonCodec, '{"type":"__proto__"}')).toEqual({ ok: true, message: undefined });
  for (const frame of ["", "nonsense", "[]", "null", "7", '"event"']) {
    expect(readFrame(jsonCodec, frame).ok).toBe(false);
  }
  expect(readFrame(jsonCodec, '{"type":"event"}')).toEqual({
    ok: false,
    problem: '"channel" of a message of type event is not valid',
  });
});
