import { createServer } from "node:http";
import { type PerMessageDeflateOptions, type WebSocket, WebSocketServer } from "ws";
import { indexQuotes } from "../data/quotes.js";
import { listening } from "../listening.js";
import type { Subject } from "./subject.js";

const quotes = indexQuotes(500);

/** `ws` with quotes stringified once, and compressed for each socket where that is asked for. */
export async function startWith(
  perMessageDeflate: false | PerMessageDeflateOptions,
): Promise<Subject> {
  const readers: WebSocket[] = [];
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate }).on("connection", (socket) => {
    socket.on("message", () => void readers.push(socket));
  });
  let n = 0;
  return {
    port: await listening(server),
    publish(_channel, text) {
      n += 1;
      const frame = JSON.stringify({ id: text.slice(0, 30), data: quotes[n % quotes.length] });
      for (const socket of readers) socket.send(frame);
    },
  };
}
