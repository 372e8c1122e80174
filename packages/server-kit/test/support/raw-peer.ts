import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** The head of a good upgrade, line by line, to be spoilt. */
export const UPGRADE: readonly string[] = [
  "GET /ws HTTP/1.1",
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
];

/** The names RFC 6455 has for its opcodes. */
export const Opcode = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a client sends it, right or wrong. */
export interface FrameParts {
  readonly opcode: number;
  readonly payload?: string | Uint8Array;
  /** Default: the last one of its message. */
  readonly fin?: boolean;
  /** The three reserved bits, as a number. */
  readonly rsv?: number;
  /** Default: masked, as a client must. */
  readonly masked?: boolean;
  /** The length that the head names. Default: that of the payload. */
  readonly length?: number;
}

/** The bytes of a frame. */
export function clientFrame(parts: FrameParts): Buffer {
  const { opcode, payload = "", fin = true, rsv = 0, masked = true } = parts;
  const data = Buffer.from(payload);
  const { length = data.length } = parts;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (head.length === 2 ? length : head.length === 4 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, data]);
  const mask = randomBytes(4);
  const covered = data.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([head, mask, covered]);
}

/** The payload of a close frame. */
export function closePayload(code: number, reason: string | Uint8Array = ""): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

/** A frame of the server. */
export interface Received {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A peer that says what it likes, byte by byte. */
export interface RawPeer {
  readonly socket: Socket;
  /** Everything after the head of the answer, as frames. */
  frames(): readonly Received[];
  /** The JSON messages among them. */
  messages(): readonly Record<string, unknown>[];
  /** The code of the close frame, if there is one. */
  closeCode(): number | undefined;
  /** Resolves when the server has ended the connection. */
  readonly ended: Promise<void>;
}

/** Connects, sends an upgrade unless told otherwise, and takes in what comes. It never answers a close. */
export function rawPeer(port: number, lines: readonly string[] = UPGRADE): RawPeer {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on("error", () => {}); // that a server cuts it off is what it is there for
  socket.on("data", (chunk) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => {
    socket.once("end", resolve);
    socket.once("close", () => resolve());
  });
  if (lines.length > 0) socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const frames = () => framesIn(Buffer.concat(chunks));
  return {
    socket,
    ended,
    frames,
    messages: () =>
      frames()
        .filter(({ opcode }) => opcode === Opcode.text)
        .map(({ payload }) => JSON.parse(payload.toString("utf8"))),
    closeCode() {
      const close = frames().find(({ opcode }) => opcode === Opcode.close);
      return close && (close.payload.length < 2 ? 1005 : close.payload.readUInt16BE());
    },
  };
}

function framesIn(bytes: Buffer): Received[] {
  const head = bytes.indexOf("\r\n\r\n");
  const found: Received[] = [];
  for (let at = head + 4; head >= 0 && at + 2 <= bytes.length; ) {
    const short = bytes.readUInt8(at + 1);
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (at + header > bytes.length) break;
    const size =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    const end = at + header + size;
    if (end > bytes.length) break;
    found.push({ opcode: bytes.readUInt8(at) & 0x0f, payload: bytes.subarray(at + header, end) });
    at = end;
  }
  return found;
}

/** What a server answers to some lines, whole, once it has closed. */
export async function answerTo(port: number, lines: readonly string[]): Promise<string> {
  const { socket, ended } = rawPeer(port, lines);
  let answer = "";
  socket.on("data", (bytes) => {
    answer += bytes.toString("latin1");
  });
  await ended;
  socket.destroy();
  return answer;
}
