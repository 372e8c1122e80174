import { encode } from "@msgpack/msgpack";
import fc from "fast-check";

/** A frame of about so many bytes, made to be as much work as it can. */
export interface HostileFrame {
  readonly name: string;
  readonly codec: "json" | "msgpack";
  make(bytes: number): string | Uint8Array;
}

const json = (name: string, make: (bytes: number) => string): HostileFrame => ({
  name: `JSON: ${name}`,
  codec: "json",
  make,
});
const msgpack = (name: string, make: (bytes: number) => Uint8Array): HostileFrame => ({
  name: `MessagePack: ${name}`,
  codec: "msgpack",
  make,
});
const publish = (data: string) => `{"type":"publish","id":"1","channel":"a","data":${data}}`;
const repeated = (count: number, ...bytes: number[]) =>
  Uint8Array.from({ length: count * bytes.length }, (_, at) => bytes[at % bytes.length] ?? 0);
const published = (data: unknown) => encode({ type: "publish", id: "1", channel: "a", data });
const numbered = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));

/** Shapes that have cost readers of JSON and MessagePack dearly. */
export const HOSTILE_FRAMES: readonly HostileFrame[] = [
  json("lists in lists", (n) => publish("[".repeat(n / 2) + "]".repeat(n / 2))),
  json("lists that never end", (n) => "[".repeat(n)),
  json("objects in objects", (n) => publish('{"a":'.repeat(n / 6) + 1 + "}".repeat(n / 6))),
  json("many fields", (n) => publish(JSON.stringify(numbered(n / 12)))),
  json("one field again and again", (n) => publish(`{${'"a":1,'.repeat(n / 6)}"a":1}`)),
  json("numbers as names", (n) => publish(`{${'"9":1,'.repeat(n / 6)}"9":1}`)),
  json("a long number", (n) => publish("9".repeat(n))),
  json("a long fraction", (n) => publish(`0.${"0".repeat(n)}1e${"9".repeat(9)}`)),
  json("escapes", (n) => publish(`"${"\\ud800".repeat(n / 6)}"`)),
  json("spaces", (n) => publish(" ".repeat(n))),
  json("a long id", (n) => `{"type":"ping","id":"${"x".repeat(n)}"}`),
  json("a long type", (n) => `{"type":"${"x".repeat(n)}"}`),
  json("a long address", (n) => `{"type":"subscribe","channel":"${":".repeat(n)}"}`),
  json("__proto__ everywhere", (n) => publish(`[${'{"__proto__":1},'.repeat(n / 16)}1]`)),
  json("a wide list of deep ones", (n) => publish(`[${"[[[[[[[[]]]]]]]],".repeat(n / 17)}1]`)),
  msgpack("lists in lists", (n) => repeated(n, 0x91)),
  msgpack("maps in maps", (n) => repeated(n / 2, 0x81, 0xa0)),
  msgpack("lists that promise much", (n) => repeated(n / 5, 0xdd, 0, 0, 0xff, 0xff)),
  msgpack("lists that promise what is left", (n) => repeated(n / 3, 0xdc, 0x0f, 0xff)),
  msgpack("a list of nothing", (n) => published(Array.from({ length: n }, () => null))),
  msgpack("many fields", (n) => published(numbered(n / 9))),
  msgpack("one field again and again", (n) => {
    const head = encode({ type: "ping" });
    const count = Math.floor(n / 3);
    const size = count + 1;
    const map = Uint8Array.of(
      0xdf,
      size >>> 24,
      (size >>> 16) & 255,
      (size >>> 8) & 255,
      size & 255,
    );
    return Buffer.concat([map, head.subarray(1), repeated(count, 0xa1, 0x61, 0x01)]);
  }),
  msgpack("a long text", (n) => published("x".repeat(n))),
  msgpack("a long text that is not UTF-8", (n) => {
    const head = Uint8Array.of(0xdb, 0, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
    return Buffer.concat([head, repeated(n, 0xff)]);
  }),
  msgpack("times", (n) => repeated(n / 6, 0xd6, 0xff, 0xff, 0xff, 0xff, 0xff)),
];

/** Heads of every form of MessagePack with any size behind them: streams a decoder has to take apart. */
export const msgpackStreams: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0x80, max: 0xdf }).map((head) => [head]),
      fc
        .tuple(fc.constantFrom(0xdd, 0xdf, 0xdb, 0xc6, 0xc9), fc.nat(0xffff_ffff))
        .map(([head, size]) => [
          head,
          size >>> 24,
          (size >>> 16) & 255,
          (size >>> 8) & 255,
          size & 255,
        ]),
      fc
        .tuple(fc.constantFrom(0xdc, 0xde, 0xda, 0xc5, 0xc8), fc.nat(20))
        .map(([head, size]) => [head, 0, size]),
      fc.string({ maxLength: 6 }).map((text) => [...encode(text)]),
      fc
        .constantFrom("type", "ping", "publish", "id", "__proto__")
        .map((text) => [...encode(text)]),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => [...bytes]),
    ),
    { maxLength: 60 },
  )
  .map((parts) => Uint8Array.from(parts.flat()));

/** Texts made of the pieces of JSON, most of which do not fit. */
export const jsonPieces: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom("{", "}", "[", "]", ",", ":", '"', "\\", "\\u", "-", "1e", "null", "\u0000"),
      fc.constantFrom(
        '"type":',
        '"ping"',
        '"id":',
        '"1"',
        '"publish"',
        '"data":',
        '"__proto__":{}',
      ),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));
