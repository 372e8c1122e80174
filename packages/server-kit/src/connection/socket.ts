import type { FrameFault } from "./frame-fault.js";

/** What a socket reports. Set once, before anything can happen. */
export interface SocketListener {
  /** A whole data frame came in. */
  frame(data: string | Uint8Array): void;
  /** The peer showed a sign of life other than a data frame. */
  alive(): void;
  /** The transport ends the connection over what the peer sent, with this close code. */
  refused(fault: FrameFault, code: number): void;
  /** Everything written has reached the kernel. */
  drained(): void;
  /** The connection is over; called exactly once. */
  closed(code: number, reason: string): void;
}

/** The least a transport must offer. What is written are whole WebSocket frames, one or many. */
export interface Socket {
  /** Bytes written that have not reached the kernel. */
  readonly queuedBytes: number;
  /** Sets who is told what happens; called once. */
  listen(listener: SocketListener): void;
  /** Sends frames as they are, whole and in order. It may keep the bytes. */
  write(frames: Uint8Array): void;
  /**
   * Hands as many of the first `size` bytes to the kernel as it takes at once, and says how many; 0 when something
   * else is to leave before them. It keeps none of them: whoever calls goes on with {@link Socket.write}, right
   * away and with all the rest. Left out where there is no such way.
   */
  writeNow?(bytes: Uint8Array, size: number): number;
  /**
   * Finds out ahead what the next {@link Socket.writeNow} has to know. It holds until anything else is done to the
   * socket, and for this turn of the event loop only. Left out where there is nothing to find out.
   */
  look?(): void;
  /** Asks the peer for a sign of life. */
  ping(): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Ends the connection now, whatever the peer does. */
  terminate(): void;
}
