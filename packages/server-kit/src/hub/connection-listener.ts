import { CloseCode } from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import type { Connection } from "../connection/connection.js";
import type { FrameFault } from "../connection/frame-fault.js";
import type { SocketListener } from "../connection/socket.js";
import type { Turn } from "../outbound/turn.js";

/** What is done with what a socket reports; one for the whole hub. */
export interface ListenerParts {
  readonly clock: Pick<Clock, "now">;
  readonly turn: Pick<Turn, "touch">;
  onFrame(connection: Connection, frame: string | Uint8Array): void;
  refuse(connection: Connection, fault: FrameFault, code: number, reason: string): void;
  /** Called once, with what gives back the connection's place. */
  ended(connection: Connection, code: number, free: () => void): void;
}

/** Listens to one socket. A class, against our custom: as closures these five functions were as large as a subscription. */
export class ConnectionListener implements SocketListener {
  constructor(
    private readonly parts: ListenerParts,
    private readonly connection: Connection,
    private readonly free: () => void,
  ) {}
  frame(data: string | Uint8Array): void {
    const { parts, connection } = this;
    this.alive();
    const { binary } = connection.codec;
    if (binary === (typeof data !== "string")) return parts.onFrame(connection, data);
    const reason = binary ? "this protocol is binary" : "this protocol is text";
    parts.refuse(connection, "wrong-kind", CloseCode.UnsupportedData, reason);
  }
  alive(): void {
    this.connection.heardAt = this.parts.clock.now();
    this.connection.pingedAt = undefined;
  }
  refused(fault: FrameFault, code: number): void {
    this.parts.refuse(this.connection, fault, code, "");
  }
  drained(): void {
    this.parts.turn.touch(this.connection.outbox);
  }
  closed(code: number): void {
    this.parts.ended(this.connection, code, this.free);
  }
}
