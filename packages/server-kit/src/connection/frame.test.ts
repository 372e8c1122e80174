import { jsonCodec, type ServerMessage } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { encodeFrame, webSocketFrame } from "./frame.js";

describe("a WebSocket frame", () => {
  // RFC 6455 section 5.2: 7 bits, 16 bits or 64 bits of length, and where one ends the next begins
  it.each([
    [0, 2],
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
  ])("of %i bytes has a header of %i bytes and the length in it", (size, header) => {
    const frame = webSocketFrame("x".repeat(size));
    expect(frame.byteLength).toBe(header + size);
    expect(frame[0]).toBe(0x81);
    const length =
      header === 2
        ? frame[1]
        : header === 4
          ? frame.readUInt16BE(2)
          : Number(frame.readBigUInt64BE(2));
    expect(length).toBe(size);
  });

  it("marks bytes as binary and leaves them as they are", () => {
    const frame = webSocketFrame(new Uint8Array([1, 2, 3]));
    expect([...frame]).toEqual([0x82, 3, 1, 2, 3]);
  });

  it("counts bytes, not characters", () => {
    expect(webSocketFrame("贵州")[1]).toBe(6);
  });

  it("is not made for a message the codec has no word for", () => {
    const mute = { ...jsonCodec, serialize: () => undefined };
    const message: ServerMessage = { type: "pong", timestamp: 0 };
    expect(encodeFrame(mute, message)).toBeUndefined();
  });
});
