import { WebSocket } from "ws";

/** What a live source needs of a WebSocket: what browsers, Node, Bun and `ws` all have. */
export interface FeedSocket {
  /** Tells of frames; those of text have text as their data. */
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** Tells of the beginning and the end of the connection, which always comes, and of errors. */
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  /** Sends a frame of text. */
  send(text: string): void;
  /** Closes the connection in an orderly way. */
  close(): void;
  /** Gives the connection up without waiting for the other side. */
  terminate?(): void;
  /** Tells of pings, which are answered by the socket itself; they count as signs of life. */
  on?(event: "ping", listener: () => void): unknown;
}

/** Makes a {@link FeedSocket}: the constructor of `ws`, or the global one. */
export type FeedSocketConstructor = new (
  url: string,
  protocols?: string[],
  options?: { readonly maxPayload: number },
) => FeedSocket;

/** `ws`, which is installed with this package. */
export const defaultFeedSocket: FeedSocketConstructor = WebSocket;
