import { decode, ExtData, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { msgpackCodec } from "./index.js";
import { promisesFit } from "./promises.js";

/** `count` arrays, each in the one before, each said to hold `size` values. */
function nested(count: number, size: number): Uint8Array {
  const frame = new Uint8Array(5 * count);
  const view = new DataView(frame.buffer);
  for (let at = 0; at < frame.length; at += 5) {
    view.setUint8(at, 0xdd);
    view.setUint32(at + 1, size);
  }
  return frame;
}

const FORMS: readonly (readonly [string, unknown])[] = [
  ["str 8", "x".repeat(100)],
  ["str 16", "x".repeat(1_000)],
  ["str 32", "x".repeat(70_000)],
  ["bin 8", new Uint8Array(100)],
  ["bin 16", new Uint8Array(1_000)],
  ["bin 32", new Uint8Array(70_000)],
  ["array 16", Array.from({ length: 1_000 }, (_, n) => n)],
  ["array 32", Array.from({ length: 70_000 }, () => null)],
  ["map 16", Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`k${n}`, n]))],
  ["ext 8", new ExtData(7, new Uint8Array(100))],
  ["ext 16", new ExtData(7, new Uint8Array(1_000))],
  ["ext 32", new ExtData(7, new Uint8Array(70_000))],
  ...[1, 2, 4, 8, 16].map((n) => [`fixext ${n}`, new ExtData(7, new Uint8Array(n))] as const),
  ...[200, 60_000, 4e9, 2 ** 40, -100, -30_000, -2e9, -(2 ** 40), 1.5].map(
    (n) => [`the number ${n}`, n] as const,
  ),
];

describe("a frame that promises more than it holds", () => {
  it.each([
    ["an array of four thousand million values", nested(1, 0xffff_ffff)],
    [
      "thirteen thousand arrays, each as large as the frame could just hold",
      nested(13_000, 65_000),
    ],
    ["a map without its entries", Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ["a short array without its values", Uint8Array.of(0x9f)],
    ["a short map without its last value", Uint8Array.of(0x82, 1, 1, 2)],
    ["half a size", Uint8Array.of(0xdd, 0x00)],
    ["a string without its text", Uint8Array.of(0x91, 0xdb, 0xff, 0xff, 0xff, 0xff)],
    ["nothing", new Uint8Array(0)],
  ])("is refused before anything is made room for: %s (A32)", (_name, frame) => {
    const before = performance.now();
    expect(msgpackCodec.parse(frame)).toMatchObject({ ok: false });
    expect(performance.now() - before).toBeLessThan(1_000); // the decoder alone takes gigabytes or dies
  });
});

describe("a frame that keeps its promises", () => {
  it("is let through, whatever it holds", () => {
    const value = fc.anything({
      withBigInt: false,
      withDate: true,
      withTypedArray: false,
      withNullPrototype: false,
    });
    fc.assert(
      fc.property(value, (value) => {
        let frame: Uint8Array;
        try {
          frame = encode(value);
        } catch {
          return; // not every value of the language has a form in MessagePack
        }
        expect(promisesFit(frame)).toBe(true);
      }),
    );
  });

  it.each(FORMS)(
    "is let through in the form %s, and not when its last byte is missing",
    (_name, value) => {
      const frame = encode([value, value]);
      expect(decode(frame)).toHaveLength(2);
      expect(promisesFit(frame)).toBe(true);
      expect(msgpackCodec.parse(frame.subarray(0, -1))).toMatchObject({ ok: false });
    },
  );
});
