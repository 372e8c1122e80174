import type { ServerMessage, ServerMessageOf } from "@tocsin/protocol";
import type { Socket, SocketListener } from "../connection/socket.js";

/** How a fake socket was ended by the hub. */
export interface Ending {
  readonly by: "close" | "terminate";
  readonly code?: number;
  readonly reason?: string;
}

/** A socket without a network: what is written can be read back as messages, and the peer is played by the test. */
export interface FakeSocket extends Socket {
  /** Every JSON message that reached the peer so far, in order. */
  readonly sent: readonly ServerMessage[];
  /** Those of one type. */
  got<T extends ServerMessage["type"]>(type: T): readonly ServerMessageOf<T>[];
  /** How often the hub wrote; one write may carry many frames. */
  readonly writes: number;
  readonly pings: number;
  readonly ending: Ending | undefined;
  /** From now on nothing reaches the peer: written bytes stay queued, and are lost when it hangs up. */
  stall(): void;
  /** The peer reads everything, and goes on reading. */
  drain(): void;
  /** The peer sends a message, or a raw text or binary frame. */
  receive(frame: object | string | Uint8Array): void;
  /** The peer is gone. */
  hangUp(code?: number): void;
}

const HIGH_WATER_BYTES = 16_384;

/** Makes a {@link FakeSocket}. */
export function fakeSocket(): FakeSocket {
  const sent: ServerMessage[] = [];
  let unread: ServerMessage[] = [];
  let listener: SocketListener | undefined;
  let stalled = false;
  let queuedBytes = 0;
  let writes = 0;
  let pings = 0;
  let ending: Ending | undefined;
  let over = false;

  const hangUp = (code = 1006) => {
    if (over) return;
    over = true;
    listener?.closed(code, "");
  };
  return {
    get queuedBytes() {
      return queuedBytes;
    },
    get writes() {
      return writes;
    },
    get pings() {
      return pings;
    },
    get ending() {
      return ending;
    },
    sent,
    got: <T extends ServerMessage["type"]>(type: T) =>
      sent.filter((message): message is ServerMessageOf<T> => message.type === type),
    listen(to) {
      listener = to;
    },
    write(frames) {
      writes += 1;
      if (stalled) queuedBytes += frames.byteLength;
      const line = stalled ? unread : sent;
      line.push(...payloads(frames).map((text): ServerMessage => JSON.parse(text)));
      // A stream says so when it has passed on more than it likes to hold.
      if (!stalled && frames.byteLength > HIGH_WATER_BYTES) setImmediate(() => listener?.drained());
    },
    ping() {
      pings += 1;
    },
    close(code, reason) {
      ending ??= { by: "close", code, reason };
    },
    terminate() {
      ending ??= { by: "terminate" };
      hangUp();
    },
    stall() {
      stalled = true;
    },
    drain() {
      stalled = false;
      queuedBytes = 0;
      sent.push(...unread);
      unread = [];
      listener?.drained();
    },
    receive(frame) {
      const raw = typeof frame === "string" || frame instanceof Uint8Array;
      listener?.frame(raw ? frame : JSON.stringify(frame));
    },
    hangUp,
  };
}

/** The text payloads of unmasked frames laid end to end. */
function payloads(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const short = view.getUint8(at + 1);
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const size =
      short < 126
        ? short
        : short === 126
          ? view.getUint16(at + 2)
          : Number(view.getBigUint64(at + 2));
    texts.push(new TextDecoder().decode(bytes.subarray(at + header, at + header + size)));
    at += header + size;
  }
  return texts;
}
