import type { ClientMessage, ClientMessageOf, Codec, ServerMessage } from "@tocsin/protocol";
import { jsonCodec } from "@tocsin/protocol";
import type {
  SocketConstructor,
  SocketEvent,
  SocketEventName,
  SocketLike,
} from "../connection/dial.js";

/** One connection as its server sees it. */
export interface FakeSocket {
  /** What the client dialled. */
  readonly url: string;
  /** The subprotocols the client offered. */
  readonly protocols: readonly string[];
  /** All the client sent, oldest first. */
  readonly received: readonly ClientMessage[];
  /** What the client sent of one type. */
  of<T extends ClientMessage["type"]>(type: T): readonly ClientMessageOf<T>[];
  /** `connecting`, `open`, or `closed` by either side. */
  readonly status: "connecting" | "open" | "closed";
  /** How the client let go, if it did. */
  readonly left: { readonly by: "close" | "terminate"; readonly code?: number } | undefined;
  /** Completes the connection. */
  open(): void;
  /** Sends a message to the client. */
  send(message: ServerMessage): void;
  /** Sends anything, for instance what is no message. */
  sendRaw(data: string | ArrayBuffer): void;
  /** Ends the connection; without a code as a cut cable does. */
  close(code?: number, reason?: string): void;
}

interface Wiring {
  readonly codec: Codec;
  readonly onDial: (socket: FakeSocket) => void;
  readonly onMessage: (socket: FakeSocket, message: ClientMessage) => void;
}

/** A WebSocket class whose other end is handed to `onDial`. */
export function fakeWebSocket({ codec, onDial, onMessage }: Wiring): SocketConstructor {
  return class implements SocketLike {
    binaryType = "blob";
    readonly #listeners = new Map<SocketEventName, Set<(event: SocketEvent) => void>>();
    readonly #received: ClientMessage[] = [];
    readonly #peer: FakeSocket;
    #status: FakeSocket["status"] = "connecting";
    #left: FakeSocket["left"];

    constructor(url: string, protocols: string[] = []) {
      const socket = this;
      this.#peer = {
        url,
        protocols,
        received: this.#received,
        // narrowed by the comparison, which the compiler does not follow through a type parameter
        of: <T extends ClientMessage["type"]>(type: T) =>
          this.#received.filter((m): m is ClientMessageOf<T> => m.type === type),
        get status() {
          return socket.#status;
        },
        get left() {
          return socket.#left;
        },
        open: () => {
          if (this.#status !== "connecting") return;
          this.#status = "open";
          this.#emit({ type: "open" }, "open");
        },
        send: (message) => this.#deliver(codec.serialize(message)),
        sendRaw: (data) => this.#deliver(data),
        close: (code = 1006, reason = "") => {
          if (this.#status === "closed") return;
          this.#status = "closed";
          this.#emit({ type: "close", code, reason }, "close");
        },
      };
      onDial(this.#peer);
    }

    send(data: string | Uint8Array): void {
      if (this.#status !== "open") return;
      const parsed = codec.parse(data);
      if (!parsed.ok) throw new TypeError(parsed.message);
      const message = parsed.value as ClientMessage;
      this.#received.push(message);
      onMessage(this.#peer, message);
    }

    close(code?: number): void {
      this.#leave({ by: "close", ...(code !== undefined && { code }) });
    }

    terminate(): void {
      this.#leave({ by: "terminate" });
    }

    addEventListener(type: SocketEventName, listener: (event: SocketEvent) => void): void {
      this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
    }

    removeEventListener(type: SocketEventName, listener: (event: SocketEvent) => void): void {
      this.#listeners.get(type)?.delete(listener);
    }

    #leave(how: NonNullable<FakeSocket["left"]>): void {
      this.#left ??= how;
      this.#status = "closed";
    }

    #deliver(data: string | Uint8Array | ArrayBuffer | undefined): void {
      if (this.#status === "closed" || data === undefined) return;
      const bytes = data instanceof Uint8Array ? data.slice().buffer : data;
      this.#emit({ type: "message", data: bytes }, "message");
    }

    #emit(event: SocketEvent, type: SocketEventName): void {
      for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
    }
  };
}

/** The codec a fake speaks unless told otherwise. */
export const fakeCodec: Codec = jsonCodec;
