import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientMessages, payload, serverMessages } from "../test/support/messages.js";
import { jsonCodec } from "./codec-json.js";
import { decodeClientMessage, decodeServerMessage } from "./decode.js";
import { msgpackCodec } from "./msgpack/index.js";

const codecs = [
  ["JSON", jsonCodec],
  ["MessagePack", msgpackCodec],
] as const;

/** What the codec makes of a message it must be able to write. */
function written(codec: (typeof codecs)[number][1], message: { type: string }) {
  const frame = codec.serialize(message);
  if (frame === undefined) throw new Error(`no frame for ${message.type}`);
  return frame;
}

describe.each(codecs)("%s", { timeout: 30_000 }, (_name, codec) => {
  it.each(Object.entries(clientMessages))("carries any %s of a client", (_type, messages) => {
    fc.assert(
      fc.property(messages, (message) => {
        const frame = written(codec, message);
        expect(decodeClientMessage(codec, frame)).toEqual({ ok: true, message });
      }),
    );
  });

  it.each(Object.entries(serverMessages))("carries any %s of a server", (_type, messages) => {
    fc.assert(
      fc.property(messages, (message) => {
        const frame = written(codec, message);
        expect(decodeServerMessage(codec, frame)).toEqual({ ok: true, message });
      }),
    );
  });

  it("writes frames of its own kind", () => {
    expect(typeof written(codec, { type: "ping" })).toBe(codec.binary ? "object" : "string");
  });

  it("leaves a field out that is undefined, rather than sending null", () => {
    const frame = written(codec, { type: "ping", ...{ id: undefined } });
    expect(codec.parse(frame)).toEqual({ ok: true, value: { type: "ping" } });
  });

  it("drops fields nobody knows, on both sides", () => {
    const ping = { type: "ping", colour: { deep: [1] } };
    const pong = { type: "pong", timestamp: 1, colour: { deep: [1] } };
    expect(decodeClientMessage(codec, written(codec, ping))).toEqual({
      ok: true,
      message: { type: "ping" },
    });
    expect(decodeServerMessage(codec, written(codec, pong))).toEqual({
      ok: true,
      message: { type: "pong", timestamp: 1 },
    });
  });
});

describe("both codecs", () => {
  it("mean the same by the same message", () => {
    fc.assert(
      fc.property(payload, (data) => {
        const message = { type: "event", data };
        expect(msgpackCodec.parse(written(msgpackCodec, message))).toEqual(
          jsonCodec.parse(written(jsonCodec, message)),
        );
      }),
    );
  });

  it("name their subprotocol, version included", () => {
    expect(codecs.map(([, { subprotocol }]) => subprotocol)).toEqual([
      "tocsin.v1.json",
      "tocsin.v1.msgpack",
    ]);
  });
});

describe("JSON", () => {
  it("reads text that came as bytes", () => {
    const bytes = new TextEncoder().encode('{"type":"ping"}');
    expect(jsonCodec.parse(bytes)).toEqual({ ok: true, value: { type: "ping" } });
  });
});

describe("MessagePack", () => {
  it("does not take text for its own", () => {
    expect(msgpackCodec.parse("\x81\xa4type\xa4ping")).toMatchObject({ ok: false });
  });

  it("refuses what follows the one value of a frame", () => {
    const ping = encode({ type: "ping" });
    expect(msgpackCodec.parse(new Uint8Array([...ping, ...ping]))).toMatchObject({ ok: false });
  });

  it("reads a view into a larger buffer, as a socket hands it out", () => {
    const ping = encode({ type: "ping" });
    const whole = new Uint8Array([0xff, 0xff, ...ping, 0xff]);
    const view = whole.subarray(2, 2 + ping.length);
    expect(msgpackCodec.parse(view)).toEqual({ ok: true, value: { type: "ping" } });
  });
});
