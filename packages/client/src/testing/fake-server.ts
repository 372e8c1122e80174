import type { ClientMessage, ClientMessageOf, Codec, ServerMessage } from "@tocsin/protocol";
import type { SocketConstructor } from "../connection/dial.js";
import type { Heartbeat } from "../connection/heartbeat.js";
import { type FakeSocket, fakeCodec, fakeWebSocket } from "./fake-socket.js";

/** What a fake server answers, by type of message. What is not listed is answered in the plainest way. */
export type Script = {
  readonly [T in ClientMessage["type"]]?: (
    message: ClientMessageOf<T>,
    socket: FakeSocket,
  ) => ServerMessage | readonly ServerMessage[] | undefined;
};

/** How a fake server behaves. */
export interface FakeServerOptions {
  /** Format on the wire. Default: JSON. */
  readonly codec?: Codec;
  /**
   * Open sockets, greet and answer by itself, each a moment after it was asked. Default: yes. Without, a test does
   * all of it, in the order it wants.
   */
  readonly automatic?: boolean;
  /** Answers that differ from the plainest ones. */
  readonly script?: Script;
  /** The heartbeat it asks for. Default: 25 s and 8 s. */
  readonly heartbeat?: Heartbeat;
  /** The server's clock. Default: always 0. */
  readonly now?: () => number;
}

/** A server without a network, for tests of code that uses a client. */
export interface FakeServer {
  /** Give this to the client. */
  readonly WebSocket: SocketConstructor;
  /** Every connection there ever was, oldest first. */
  readonly sockets: readonly FakeSocket[];
  /** The newest connection. Throws when there was none. */
  readonly socket: FakeSocket;
  /** Opens the newest connection and greets. */
  welcome(): void;
  /** Sends to the newest connection. */
  send(...messages: readonly ServerMessage[]): void;
  /** A greeting. */
  hello(): ServerMessage;
}

/** Makes a {@link FakeServer}. */
export function createFakeServer({
  codec = fakeCodec,
  automatic = true,
  script = {},
  heartbeat = { intervalMs: 25_000, timeoutMs: 8_000 },
  now = () => 0,
}: FakeServerOptions = {}): FakeServer {
  const sockets: FakeSocket[] = [];
  let published = 0;

  const plain: Required<Script> = {
    auth: ({ id }) => ({ type: "authenticated", userId: "user", ...(id !== undefined && { id }) }),
    subscribe: ({ id, channel, since }) => ({
      type: "subscribed",
      ...(id !== undefined && { id }),
      channel,
      mode: "log",
      epoch: since?.epoch ?? "epoch",
      offset: since?.offset ?? 0,
      recovery: since ? "nothing-missed" : "fresh",
    }),
    unsubscribe: ({ id, channel }) => ({
      type: "unsubscribed",
      ...(id !== undefined && { id }),
      channel,
    }),
    publish: ({ id, channel }) => {
      published += 1;
      return {
        type: "published",
        id,
        channel,
        offset: published,
        epoch: "epoch",
        duplicate: false,
      };
    },
    call: ({ id, params }) => ({ type: "result", id, data: params }),
    history: ({ id }) => ({
      type: "result",
      id,
      data: { epoch: "epoch", offset: 0, events: [] },
    }),
    presence: ({ id }) => ({ type: "result", id, data: { members: [] } }),
    ping: () => ({ type: "pong", timestamp: now() }),
  };

  function answer<T extends ClientMessage["type"]>(
    type: T,
    message: ClientMessageOf<T>,
    socket: FakeSocket,
  ): void {
    const reply = (script[type] ?? plain[type])(message, socket);
    for (const one of reply === undefined ? [] : [reply].flat()) socket.send(one);
  }

  const hello = (): ServerMessage => ({
    type: "connected",
    clientId: `client-${sockets.length}`,
    sessionId: `session-${sockets.length}`,
    protocol: 1,
    heartbeat,
    limits: {},
    timestamp: now(),
  });

  function greet(socket: FakeSocket): void {
    socket.open();
    socket.send(hello());
  }

  const newest = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error("no client has connected yet");
    return socket;
  };

  return {
    WebSocket: fakeWebSocket({
      codec,
      onDial(socket) {
        sockets.push(socket);
        if (automatic) void Promise.resolve().then(() => greet(socket));
      },
      onMessage(socket, message) {
        if (automatic) void Promise.resolve().then(() => answer(message.type, message, socket));
      },
    }),
    sockets,
    get socket() {
      return newest();
    },
    welcome: () => greet(newest()),
    send(...messages) {
      for (const message of messages) newest().send(message);
    },
    hello,
  };
}
