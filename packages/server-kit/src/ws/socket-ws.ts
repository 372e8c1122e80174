import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Socket, SocketListener } from "../connection/socket.js";
import {
  handleOf,
  holdsNothing,
  isPlainTcp,
  type PlainTcp,
  type TcpHandle,
  writeDirectly,
} from "./direct-write.js";
import { faultOf, PING_FLOOD } from "./frame-faults.js";
import type { WsSocketOptions } from "./socket-options.js";

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

const OURS = Symbol("our socket");

interface Owned {
  [OURS]?: StreamSocket<Duplex>;
}
type Heard = WebSocket & Owned;

// Classes and shared functions, against our custom: there are tens of thousands of these, and an object with
// functions of its own is a kilobyte larger and, for the compiler, one of a kind.
class StreamSocket<Stream extends Duplex> implements Socket {
  listener: SocketListener | undefined;
  constructor(
    protected readonly webSocket: Heard,
    protected readonly stream: Stream & Owned,
  ) {}
  get queuedBytes(): number {
    return this.stream.writableLength;
  }
  listen(listener: SocketListener): void {
    const { webSocket, stream } = this;
    this.listener = listener;
    webSocket[OURS] = this;
    stream[OURS] = this;
    webSocket.on("message", onMessage);
    webSocket.on("pong", onAlive);
    webSocket.on("ping", onPing);
    webSocket.on("error", onError); // always followed by close, which tells the rest
    webSocket.on("close", onClose);
    stream.on("drain", onDrain);
  }
  write(frames: Uint8Array): void {
    const { webSocket, stream } = this;
    this.stir();
    if (webSocket.readyState !== webSocket.CLOSED && stream.writable) stream.write(frames);
  }
  ping(): void {
    this.stir();
    this.webSocket.ping();
  }
  close(code: number, reason: string): void {
    this.stir();
    this.webSocket.close(code, reason);
  }
  terminate(): void {
    this.stir();
    this.webSocket.terminate();
  }
  /** Something other than a direct write is done to the stream, or was just now. */
  stir(): void {}
}

const NOT_LOOKED = -2;
const NO_WAY = -1;
const OPEN = 1;

class DirectSocket extends StreamSocket<PlainTcp> {
  /** What a look has found. It holds for one write, and only until something else is done to the stream. */
  private fd = NOT_LOOKED;
  /** Whether nothing was given to the stream since it was found empty. Spares asking it, its libuv half and `ws`. */
  private isEmpty = false;
  private readonly handle: TcpHandle | null;

  constructor(webSocket: WebSocket, stream: PlainTcp) {
    super(webSocket, stream);
    this.handle = handleOf(stream);
  }
  look(): void {
    // `ws` itself writes when it answers a ping, of which we hear, and a close, after which it is not open.
    const isFree =
      this.webSocket.readyState === OPEN &&
      (this.isEmpty || holdsNothing(this.webSocket, this.handle));
    this.isEmpty = isFree;
    this.fd = isFree && this.handle ? this.handle.fd : NO_WAY;
  }
  writeNow(bytes: Uint8Array, size: number): number {
    if (this.fd === NOT_LOOKED) this.look();
    const { fd } = this;
    this.fd = NOT_LOOKED;
    return fd < 0 ? 0 : writeDirectly(fd, bytes, size);
  }
  override stir(): void {
    this.isEmpty = false;
    this.fd = NOT_LOOKED;
  }
}

function onMessage(this: Heard, data: RawData, isBinary: boolean): void {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat().map(toBuffer));
  this[OURS]?.listener?.frame(isBinary ? bytes : bytes.toString("utf8"));
}

function onAlive(this: Heard): void {
  this[OURS]?.listener?.alive();
}

function onClose(this: Heard, code: number, reason: Buffer): void {
  this[OURS]?.listener?.closed(code, reason.toString("utf8"));
}

function onDrain(this: Owned): void {
  this[OURS]?.listener?.drained();
}

function onPing(this: Heard): void {
  const ours = this[OURS];
  ours?.stir(); // `ws` has answered it
  if (this.readyState === this.OPEN) ours?.listener?.alive();
  else ours?.listener?.refused(...PING_FLOOD); // of no account where the hub is closing it
}

function onError(this: Heard, error: Error): void {
  const fault = faultOf(error);
  if (fault) this[OURS]?.listener?.refused(...fault);
}

function toBuffer(part: ArrayBuffer | Buffer): Buffer {
  return Buffer.isBuffer(part) ? part : Buffer.from(part);
}
