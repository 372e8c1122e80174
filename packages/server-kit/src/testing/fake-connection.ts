import { jsonCodec } from "@tocsin/protocol";
import { type Connection, createConnection, type Identity } from "../connection/connection.js";
import { type FakeSocket, fakeSocket } from "./fake-socket.js";

/** A connection on a fake socket, which is at hand to look at. */
export interface FakeConnection extends Connection {
  readonly socket: FakeSocket;
}

/** What a {@link fakeConnection} can be told. */
export interface FakeConnectionOptions {
  /** Its client id. Default: a new one each time. */
  readonly id?: string;
  /** Whose it is. Default: nobody is asked. */
  readonly userId?: string;
  readonly identity?: Identity;
}

let count = 0;

/** Opens a connection without a hub or a network. */
export function fakeConnection({
  id = `client ${++count}`,
  userId,
  identity = userId === undefined
    ? { status: "anonymous" }
    : { status: "known", principal: { userId } },
}: FakeConnectionOptions = {}): FakeConnection {
  const socket = fakeSocket();
  const connection = createConnection({
    id,
    sessionId: id,
    request: { path: "/ws", headers: {}, remoteAddress: "192.0.2.1" },
    codec: jsonCodec,
    socket,
    now: 0,
    outboxBytes: 1_048_576,
    identity,
  });
  return { ...connection, socket };
}
