import DefaultWebSocket from "isomorphic-ws";

/** What the client reads of a WebSocket's events. */
export interface SocketEvent {
  readonly type: string;
  /** Of a `message`: a string, or an `ArrayBuffer`. */
  readonly data?: unknown;
  /** Of a `close`. */
  readonly code?: number;
  /** Of a `close`. */
  readonly reason?: string;
}

/** The events the client listens to. */
export type SocketEventName = "open" | "message" | "close" | "error";

/** What the client uses of a WebSocket: those of browsers, Node, Bun, Deno, workers and `ws` all have it. */
export interface SocketLike {
  /** Set to `arraybuffer`. */
  binaryType: string;
  /** Sends one frame. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /** Starts the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Cuts the connection without a closing handshake, where the implementation can. */
  terminate?(): void;
  /** Listens. */
  addEventListener(type: SocketEventName, listener: (event: SocketEvent) => void): void;
  /** Stops listening. */
  removeEventListener(type: SocketEventName, listener: (event: SocketEvent) => void): void;
}

/** Makes sockets; the global `WebSocket` is one. */
export type SocketConstructor = new (url: string, protocols?: string[]) => SocketLike;

/** What happens to a socket. */
export interface SocketEvents {
  readonly opened: () => void;
  readonly frame: (data: string | Uint8Array) => void;
  readonly lost: (code: number, reason: string) => void;
}

/** One socket, as the driver sees it. */
export interface Line {
  send(data: string | Uint8Array): void;
  /** Lets go: nothing is heard from this socket any more, whatever becomes of it. */
  abandon(polite: boolean): void;
}

/**
 * Opens a socket. The constructor is looked up only now: a module that captured the global at import would miss a
 * polyfill or a mock that came later.
 *
 * @throws whatever the constructor throws, for instance on a malformed url
 */
export function dial(
  url: string,
  subprotocol: string | undefined,
  WebSocket: SocketConstructor | undefined,
  events: SocketEvents,
): Line {
  const Constructor: SocketConstructor = WebSocket ?? DefaultWebSocket ?? globalThis.WebSocket;
  const socket = new Constructor(url, subprotocol === undefined ? [] : [subprotocol]);
  socket.binaryType = "arraybuffer";
  const listeners: readonly (readonly [SocketEventName, (event: SocketEvent) => void])[] = [
    ["open", () => events.opened()],
    [
      "message",
      ({ data }) => {
        if (typeof data === "string") events.frame(data);
        else if (data instanceof ArrayBuffer) events.frame(new Uint8Array(data));
      },
    ],
    ["close", ({ code = 1006, reason = "" }) => events.lost(code, reason)],
  ];
  for (const [type, listener] of listeners) socket.addEventListener(type, listener);
  // Nothing to learn from it, a close follows; but `ws` throws an error nobody listens for. So it stays for good.
  socket.addEventListener("error", () => {});
  return {
    // no codec writes into shared memory, which is all that the narrower type of the DOM excludes
    send: (data) => socket.send(data as string | Uint8Array<ArrayBuffer>),
    abandon(polite) {
      for (const [type, listener] of listeners) socket.removeEventListener(type, listener);
      if (polite || !socket.terminate) socket.close(1000);
      else socket.terminate();
    },
  };
}
