import type { Codec, ServerMessage } from "@tocsin/protocol";
import { type Conversation, toldFrames } from "./dialect.js";
import { encodeFrame } from "./frame.js";
import { type Accepted, closeOutbox, createOutbox, type Outbox, putUrgent } from "./outbox.js";
import type { Principal, UpgradeInfo } from "./principal.js";
import type { Socket } from "./socket.js";

/** Who a connection belongs to, as far as is known. */
export type Identity =
  /** The hub asks nobody who they are. */
  | { readonly status: "anonymous" }
  /** Has until the deadline to send a good token. */
  | { readonly status: "unproven"; readonly deadline: number }
  /** A token is being looked at. `known` is who it was before, when a token is refreshed. */
  | { readonly status: "proving"; readonly deadline: number; readonly known: Principal | undefined }
  | { readonly status: "known"; readonly principal: Principal };

/** One client's end of the line. Plain data: what is done with it stands in functions beside it. */
export interface Connection {
  /** Unique among all connections of all nodes. */
  readonly id: string;
  readonly sessionId: string;
  readonly request: UpgradeInfo;
  readonly codec: Codec;
  /** How it is spoken with, where it came by a dialect. */
  readonly conversation: Conversation | undefined;
  readonly socket: Socket;
  readonly outbox: Outbox;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  identity: Identity;
  /** When the peer last showed a sign of life, and when it was asked for one since, if it was. */
  heardAt: number;
  pingedAt: number | undefined;
  /** Messages in a row that made no sense. */
  strikes: number;
  /** Set once closing has begun; nothing more is read or sent. */
  closing: boolean;
  /** The code it was closed with on this side; the peer may never have answered it. */
  closeCode: number | undefined;
}

/** What a connection is made of. */
export interface NewConnection {
  readonly id: string;
  readonly sessionId: string;
  readonly request: UpgradeInfo;
  readonly codec: Codec;
  readonly conversation?: Conversation | undefined;
  readonly socket: Socket;
  readonly now: number;
  readonly outboxBytes: number;
  readonly identity: Identity;
}

/** A connection that has just been opened. */
export function createConnection(from: NewConnection): Connection {
  return {
    id: from.id,
    sessionId: from.sessionId,
    request: from.request,
    codec: from.codec,
    conversation: from.conversation,
    socket: from.socket,
    outbox: createOutbox(from.socket, from.codec, from.outboxBytes),
    connectedAt: from.now,
    identity: from.identity,
    heardAt: from.now,
    pingedAt: undefined,
    strikes: 0,
    closing: false,
    closeCode: undefined,
  };
}

/** The user behind a connection, `undefined` while it is not known. */
export function principalOf({ identity }: Connection): Principal | undefined {
  if (identity.status === "known") return identity.principal;
  return identity.status === "proving" ? identity.known : undefined;
}

/** Puts one message into the outbox; it leaves at the end of the turn. */
export function send(connection: Connection, message: ServerMessage): Accepted {
  if (connection.closing) return "accepted";
  const { codec, conversation } = connection;
  const frame = conversation ? toldFrames(conversation, message) : encodeFrame(codec, message);
  return frame === undefined ? "accepted" : putUrgent(connection.outbox, frame);
}

/** Stops reading and sending, and starts the closing handshake. Harmless when repeated. */
export function beginClose(connection: Connection, code: number, reason: string): boolean {
  if (connection.closing) return false;
  connection.closing = true;
  connection.closeCode = code;
  closeOutbox(connection.outbox);
  connection.socket.close(code, reason);
  return true;
}
