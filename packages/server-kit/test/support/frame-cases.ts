import { deflateRawSync } from "node:zlib";
import type { FrameFault } from "../../src/index.js";
import { clientFrame, Opcode, type RawPeer } from "./raw-peer.js";

/** Bytes that are no frame of ours, and what their sender gets. */
export interface FrameCase {
  readonly name: string;
  /** More lines in the head of the upgrade. */
  readonly lines?: readonly string[];
  readonly reason: FrameFault;
  readonly code: number;
  bytes(): Buffer;
}

const text = '{"type":"ping","pad":"hunter2"}';

/** A24 to A28 and A30: what ends a connection as soon as it has been read. */
export const FRAME_CASES: readonly FrameCase[] = [
  ...[1, 2, 3, 4, 7].map((rsv) => ({
    name: `A24: over reserved bits ${rsv.toString(2).padStart(3, "0")}`,
    reason: "protocol-error" as const,
    code: 1002,
    bytes: () => clientFrame({ opcode: Opcode.text, rsv, payload: text }),
  })),
  ...[3, 7, 11, 15].map((opcode) => ({
    name: `A24: over opcode ${opcode}`,
    reason: "protocol-error" as const,
    code: 1002,
    bytes: () => clientFrame({ opcode, payload: text }),
  })),
  {
    name: "A25: over text that is not UTF-8",
    reason: "not-utf8",
    code: 1007,
    bytes: () => clientFrame({ opcode: Opcode.text, payload: Uint8Array.of(0xc3, 0x28) }),
  },
  {
    name: "A26: over a message above 64 KiB, before its bytes have come",
    reason: "too-large",
    code: 1009,
    bytes: () => clientFrame({ opcode: Opcode.text, payload: text, length: 65_537 }),
  },
  {
    name: "A26: over a message said to be larger than memory",
    reason: "too-large",
    code: 1009,
    bytes: () =>
      clientFrame({ opcode: Opcode.text, payload: text, length: Number.MAX_SAFE_INTEGER }),
  },
  {
    name: "A26: over fragments that are above 64 KiB together",
    reason: "too-large",
    code: 1009,
    bytes: () =>
      Buffer.concat([
        clientFrame({ opcode: Opcode.text, fin: false, payload: "x".repeat(65_536) }),
        clientFrame({ opcode: Opcode.more, fin: false, payload: "x" }),
      ]),
  },
  {
    name: "A27: over fragments of one byte that never end",
    reason: "too-many-fragments",
    code: 1008,
    bytes: () => fragments("x"),
  },
  {
    name: "A27: over empty fragments that never end",
    reason: "too-many-fragments",
    code: 1008,
    bytes: () => fragments(""),
  },
  {
    name: "A28: over a compressed message, as compression is off whatever is offered",
    lines: ["Sec-WebSocket-Extensions: permessage-deflate"],
    reason: "protocol-error",
    code: 1002,
    bytes: () => {
      const bomb = deflateRawSync(Buffer.alloc(10_000_000, "x"));
      return clientFrame({ opcode: Opcode.text, rsv: 4, payload: bomb });
    },
  },
  {
    name: "A30: over bytes on a protocol of text",
    lines: ["Sec-WebSocket-Protocol: tocsin.v1.json"],
    reason: "wrong-kind",
    code: 1003,
    bytes: () => clientFrame({ opcode: Opcode.binary, payload: text }),
  },
  {
    name: "A30: over text on a protocol of bytes",
    lines: ["Sec-WebSocket-Protocol: tocsin.v1.msgpack"],
    reason: "wrong-kind",
    code: 1003,
    bytes: () => clientFrame({ opcode: Opcode.text, payload: text }),
  },
];

/** One more than a message may come in. */
function fragments(payload: string): Buffer {
  const more = clientFrame({ opcode: Opcode.more, fin: false, payload });
  return Buffer.concat([
    clientFrame({ opcode: Opcode.text, fin: false, payload }),
    ...Array.from({ length: 1_024 }, () => more),
  ]);
}

/** A29: asks for pongs without end and reads none, until the server has had enough. */
export async function pingFlood({ socket }: RawPeer): Promise<void> {
  socket.pause();
  const ping = clientFrame({ opcode: Opcode.ping, payload: "x".repeat(125) });
  const pings = Buffer.concat(Array.from({ length: 1_000 }, () => ping));
  while (!socket.destroyed) {
    const taken = socket.write(pings);
    await new Promise((resolve) => (taken ? setImmediate(resolve) : setTimeout(resolve, 5)));
  }
}
