import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Socket, SocketListener } from "../connection/socket.js";
import { isPlainTcp, type PlainTcp, writeDirectly } from "./direct-write.js";
import { faultOf, PING_FLOOD } from "./frame-faults.js";

/** How frames leave. */
export interface WsSocketOptions {
  /**
   * Whether frames may go straight to the kernel where that is known to be safe, which is on plain TCP: `"auto"`,
   * the default, or `"off"`, which always takes the stream.
   */
  readonly directWrites?: "auto" | "off";
}

/**
 * A `ws` connection as our socket. Frames come ready-made, so they go straight to the stream of the upgrade, or
 * past it, and `ws` is left with reading and with control frames. All of them write whole frames, so they may
 * interleave; that needs per-message compression to be off, as it is unless turned on.
 */
export function wsSocket(
  webSocket: WebSocket,
  stream: Duplex,
  { directWrites = "auto" }: WsSocketOptions = {},
): Socket {
  return directWrites === "auto" && isPlainTcp(stream)
    ? new DirectSocket(webSocket, stream)
    : new StreamSocket(webSocket, stream);
}

const LISTENER = Symbol("listener");

interface Listened {
  [LISTENER]?: SocketListener;
}
type Heard = WebSocket & Listened;

// Classes and shared functions, against our custom: there are tens of thousands of these, and an object with
// functions of its own is a kilobyte larger and, for the compiler, one of a kind.
class StreamSocket<Stream extends Duplex> implements Socket {
  constructor(
    protected readonly webSocket: Heard,
    protected readonly stream: Stream & Listened,
  ) {}
  get queuedBytes(): number {
    return this.stream.writableLength;
  }
  listen(listener: SocketListener): void {
    const { webSocket, stream } = this;
    webSocket[LISTENER] = listener;
    stream[LISTENER] = listener;
    webSocket.on("message", onMessage);
    webSocket.on("pong", onAlive);
    webSocket.on("ping", onPing);
    webSocket.on("error", onError); // always followed by close, which tells the rest
    webSocket.on("close", onClose);
    stream.on("drain", onDrain);
  }
  write(frames: Uint8Array): void {
    const { webSocket, stream } = this;
    if (webSocket.readyState !== webSocket.CLOSED && stream.writable) stream.write(frames);
  }
  ping(): void {
    this.webSocket.ping();
  }
  close(code: number, reason: string): void {
    this.webSocket.close(code, reason);
  }
  terminate(): void {
    this.webSocket.terminate();
  }
}

class DirectSocket extends StreamSocket<PlainTcp> {
  writeNow(bytes: Uint8Array, size: number): number {
    return writeDirectly(this.webSocket, this.stream, bytes, size);
  }
}

function onMessage(this: Heard, data: RawData, isBinary: boolean): void {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat().map(toBuffer));
  this[LISTENER]?.frame(isBinary ? bytes : bytes.toString("utf8"));
}

function onAlive(this: Heard): void {
  this[LISTENER]?.alive();
}

function onClose(this: Heard, code: number, reason: Buffer): void {
  this[LISTENER]?.closed(code, reason.toString("utf8"));
}

function onDrain(this: Listened): void {
  this[LISTENER]?.drained();
}

function onPing(this: Heard): void {
  const listener = this[LISTENER];
  if (this.readyState === this.OPEN) listener?.alive();
  else listener?.refused(...PING_FLOOD); // of no account where the hub is closing it
}

function onError(this: Heard, error: Error): void {
  const fault = faultOf(error);
  if (fault) this[LISTENER]?.refused(...fault);
}

function toBuffer(part: ArrayBuffer | Buffer): Buffer {
  return Buffer.isBuffer(part) ? part : Buffer.from(part);
}
