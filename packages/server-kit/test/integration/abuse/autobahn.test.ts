import { describe, expect, it } from "vitest";
import { abusedHub, until } from "../../support/abused-hub.js";
import {
  clientFrame,
  closePayload,
  Opcode,
  type RawPeer,
  rawPeer,
  UPGRADE,
} from "../../support/raw-peer.js";

// What the Autobahn test suite tries of RFC 6455, by its numbers, where it matters to a server that talks in
// messages: what is taken is answered, what breaks the rules is closed with the code the rules name.

const { more, text, ping, pong, close } = Opcode;
type Bytes = Buffer | readonly Buffer[];

/** Sends frames to a fresh hub, each in a write of its own. */
async function sent(frames: readonly Bytes[], check: (peer: RawPeer) => Promise<void>) {
  await using at = await abusedHub();
  const peer = rawPeer(at.port, UPGRADE);
  await until(() => peer.messages().length === 1); // the greeting
  for (const frame of frames.flat()) {
    if (peer.socket.writable) peer.socket.write(frame);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await check(peer);
  peer.socket.destroy();
  await until(() => at.hub.connections.size === 1);
}

const answers = (frames: readonly Bytes[], id: string) =>
  sent(frames, async (peer) => {
    await until(() => peer.messages().length === 2);
    expect(peer.messages()[1]).toMatchObject({ type: "pong", id });
    expect(peer.closeCode()).toBeUndefined();
  });

const closes = (frames: readonly Bytes[], code: number) =>
  sent(frames, async (peer) => {
    await until(() => peer.closeCode() !== undefined);
    expect(peer.closeCode()).toBe(code);
    expect(peer.messages()).toHaveLength(1);
  });

/** A `ping` message of exactly so many bytes. */
function message(bytes: number, id = "1"): string {
  const bare = JSON.stringify({ type: "ping", id, pad: "" });
  return JSON.stringify({ type: "ping", id, pad: "x".repeat(bytes - bare.length) });
}
const whole = (payload: string | Uint8Array) => clientFrame({ opcode: text, payload });
const bytesOf = (payload: string) => Buffer.from(payload, "utf8");

/** A payload in fragments of the sizes given, the rest in the last. */
function inFragments(payload: Uint8Array, sizes: readonly number[]): Buffer[] {
  let at = 0;
  return [...sizes, payload.length].map((size, index) => {
    const fin = index === sizes.length;
    const part = fin ? payload.subarray(at) : payload.subarray(at, at + size);
    at += size;
    return clientFrame({ opcode: index === 0 ? text : more, fin, payload: part });
  });
}

describe("a message (F18)", () => {
  it.each([40, 125, 126, 127, 128, 65_535, 65_536])("of %i bytes is taken (1.1)", async (size) => {
    await answers([whole(message(size))], "1");
  });

  it("whose bytes come one at a time is taken (1.1.8)", async () => {
    await answers([[...whole(message(126))].map((byte) => Buffer.of(byte))], "1");
  });

  it("of no bytes is no message, but no broken frame either (1.1.1)", async () => {
    await sent([whole("")], async (peer) => {
      await until(() => peer.messages().length === 2);
      expect(peer.messages()[1]).toMatchObject({ type: "error", code: "malformed" });
    });
  });

  it("without a mask is closed with 1002 (RFC 6455, 5.1)", async () => {
    await closes([clientFrame({ opcode: text, payload: message(40), masked: false })], 1002);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])("with reserved bits %i is closed with 1002 (3)", async (rsv) => {
    await closes([clientFrame({ opcode: text, rsv, payload: message(40) })], 1002);
    await closes([clientFrame({ opcode: ping, rsv, payload: "x" })], 1002);
  });

  it.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])(
    "with opcode %i is closed with 1002 (4)",
    async (opcode) => {
      await closes([clientFrame({ opcode })], 1002);
    },
  );
});

describe("a ping (F18)", () => {
  it.each([0, 1, 125])("of %i bytes comes back as a pong (2.1 to 2.4)", async (size) => {
    const payload = Buffer.alloc(size, 0xfe);
    await sent([clientFrame({ opcode: ping, payload })], async (peer) => {
      await until(() => peer.frames().some(({ opcode }) => opcode === pong));
      expect(peer.frames().find(({ opcode }) => opcode === pong)?.payload).toEqual(payload);
    });
  });

  it("above 125 bytes is closed with 1002 (2.5)", async () => {
    await closes([clientFrame({ opcode: ping, payload: "x".repeat(126) })], 1002);
  });

  it("is answered ten times when it is sent ten times; a pong nobody asked for is not (2.7 to 2.10)", async () => {
    const pings = Array.from({ length: 10 }, (_, n) =>
      clientFrame({ opcode: ping, payload: `${n}` }),
    );
    await sent([clientFrame({ opcode: pong, payload: "no" }), ...pings], async (peer) => {
      const pongs = () => peer.frames().filter(({ opcode }) => opcode === pong);
      await until(() => pongs().length === 10);
      expect(pongs().map(({ payload }) => payload.toString())).toEqual([..."0123456789"]);
    });
  });

  it("in fragments is closed with 1002 (5.1, 5.2)", async () => {
    await closes([clientFrame({ opcode: ping, fin: false, payload: "a" })], 1002);
    await closes([clientFrame({ opcode: pong, fin: false, payload: "a" })], 1002);
    await closes([clientFrame({ opcode: close, fin: false, payload: closePayload(1000) })], 1002);
  });
});

describe("fragments (F18)", () => {
  it.each([[[10]], [[0, 10, 0]], [[1, 1, 1, 1]], [Array.from({ length: 500 }, () => 1)]])(
    "of %j bytes make one message (5.3, 5.6)",
    async (sizes) => {
      await answers([inFragments(bytesOf(message(600)), sizes)], "1");
    },
  );

  it("let control frames in between (5.4 to 5.8)", async () => {
    const [first, second, third] = inFragments(bytesOf(message(60)), [10, 10]);
    const asked = clientFrame({ opcode: ping, payload: "in between" });
    const unasked = clientFrame({ opcode: pong });
    const frames = [first, asked, second, unasked, asked, third].filter((one) => one !== undefined);
    await sent(frames, async (peer) => {
      await until(() => peer.messages().length === 2);
      const kinds = peer
        .frames()
        .slice(1)
        .map(({ opcode }) => opcode);
      expect(kinds).toEqual([pong, pong, text]);
    });
  });

  it("without a first one, or with a second first one, are closed with 1002 (5.9 to 5.18)", async () => {
    await closes([clientFrame({ opcode: more, payload: "x" })], 1002);
    await closes([clientFrame({ opcode: more, fin: false, payload: "x" })], 1002);
    const first = clientFrame({ opcode: text, fin: false, payload: "{" });
    await closes([first, whole("}")], 1002);
    await closes([first, clientFrame({ opcode: Opcode.binary, payload: "}" })], 1002);
  });

  it("left behind by a peer that closes are forgotten (7.1.6)", async () => {
    const first = clientFrame({ opcode: text, fin: false, payload: "{" });
    await closes([first, clientFrame({ opcode: close, payload: closePayload(1000) })], 1000);
  });
});

describe("text (F18)", () => {
  const id = "κόσμε-€-🔔";
  const payload = bytesOf(JSON.stringify({ type: "ping", id }));
  const start = payload.indexOf(bytesOf("κ"));

  it.each(Array.from({ length: bytesOf(id).length }, (_, n) => n))(
    "is whole again when it was cut at byte %i of its letters (6.2)",
    async (n) => {
      await answers([inFragments(payload, [start + n])], id);
    },
  );

  it("is whole again when each byte was a fragment (6.2.3)", async () => {
    await answers(
      [
        inFragments(
          payload,
          Array.from(payload.subarray(1), () => 1),
        ),
      ],
      id,
    );
  });

  it.each([
    ["a lone continuation (6.12)", [0x80]],
    ["half a letter (6.13)", [0xc2]],
    ["an overlong slash (6.17)", [0xc0, 0xaf]],
    ["a surrogate (6.20)", [0xed, 0xa0, 0x80]],
    ["above Unicode (6.6)", [0xf4, 0x90, 0x80, 0x80]],
    ["a byte that UTF-8 has not (6.14)", [0xfe]],
  ])("that is not UTF-8 is closed with 1007: %s", async (_name, bytes) => {
    await closes([whole(Uint8Array.from(bytes))], 1007);
    const split = inFragments(Buffer.concat([bytesOf("{}"), Buffer.from(bytes)]), [3]);
    await closes([split], 1007);
  });
});

describe("a close (F18)", () => {
  it.each([
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999,
  ])("with code %i is answered with the same (7.7)", async (code) => {
    await closes([clientFrame({ opcode: close, payload: closePayload(code) })], code);
  });

  it.each([0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535])(
    "with code %i, which nobody may send, is closed with 1002 (7.9, 7.13)",
    async (code) => {
      await closes([clientFrame({ opcode: close, payload: closePayload(code) })], 1002);
    },
  );

  it("of no bytes is answered without a code; of one byte, or more than 125, with 1002 (7.3)", async () => {
    await closes([clientFrame({ opcode: close })], 1005);
    await closes([clientFrame({ opcode: close, payload: "x" })], 1002);
    await closes(
      [clientFrame({ opcode: close, payload: closePayload(1000, "x".repeat(123)) })],
      1000,
    );
    await closes(
      [clientFrame({ opcode: close, payload: closePayload(1000, "x".repeat(124)) })],
      1002,
    );
  });

  it("with a reason that is not UTF-8 is closed with 1007 (7.5)", async () => {
    const payload = closePayload(1000, Uint8Array.of(0xce, 0xba, 0xe1, 0xbd));
    await closes([clientFrame({ opcode: close, payload })], 1007);
  });

  it("is the last that is read: what comes after it is not answered (7.1.2 to 7.1.5)", async () => {
    const good = clientFrame({ opcode: close, payload: closePayload(1000) });
    await closes([Buffer.concat([good, whole(message(40)), clientFrame({ opcode: ping })])], 1000);
    await closes([Buffer.concat([good, good])], 1000);
  });
});
