import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/** What is used of a TCP handle of Node; none of it is documented. */
export interface TcpHandle {
  /** -1 once it is closed. */
  readonly fd: number;
  /** Bytes that libuv holds back for it. */
  readonly writeQueueSize: number;
}

/** A plain TCP socket of Node on a system with file descriptors. */
export type PlainTcp = Socket & { readonly _handle: TcpHandle | null };

/** A plain TCP handle of Node. Kept, as asking a closed one for its descriptor is safe: it says -1. */
export function handleOf(stream: PlainTcp): TcpHandle | null {
  return stream._handle;
}

/** Whether nobody's bytes would be overtaken: neither those in `ws` and the stream, nor those in libuv. */
export function holdsNothing(webSocket: WebSocket, handle: TcpHandle | null): boolean {
  return webSocket.bufferedAmount === 0 && handle?.writeQueueSize === 0;
}

/**
 * Writes straight to a file descriptor: the same system call that the stream would make, without what the stream
 * keeps of each write (ADR 14). Returns how many bytes the kernel took. Whatever stands in the way, an error
 * included, it took none, and the stream is left to find out: it has the same descriptor and gets the same answer.
 */
export function writeDirectly(fd: number, bytes: Uint8Array, size: number): number {
  try {
    return writeSync(fd, bytes, 0, size, null);
  } catch {
    return 0; // the kernel is full, or the connection is over
  }
}

/**
 * Whether the way past the stream is known to be safe. It is on plain TCP alone: a TLS socket shows the
 * descriptor below its encryption.
 */
export function isPlainTcp(stream: Duplex): stream is PlainTcp {
  const { bun, deno } = process.versions;
  if (process.platform === "win32" || bun !== undefined || deno !== undefined) return false;
  if (!(stream instanceof Socket) || !("_handle" in stream)) return false;
  const { _handle: handle } = stream;
  return (
    typeof handle === "object" &&
    handle !== null &&
    handle.constructor.name === "TCP" &&
    "fd" in handle &&
    typeof handle.fd === "number" &&
    handle.fd >= 0 &&
    "writeQueueSize" in handle &&
    handle.writeQueueSize === 0
  );
}
