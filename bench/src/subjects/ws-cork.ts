import { createServer } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { listening } from "../listening.js";
import { message, type Subject } from "./subject.js";

/** The best a user of `ws` can do by hand: stringify once, and hold each socket until the end of the tick. */
export async function start(): Promise<Subject> {
  const rooms = new Map<number, { readonly socket: WebSocket; readonly stream: Socket }[]>();
  const corked = new Set<Socket>();
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket, request) => {
    socket.on("message", (data) => {
      const channel = Number(data.toString());
      const reader = { socket, stream: request.socket };
      rooms.set(channel, [...(rooms.get(channel) ?? []), reader]);
    });
  });
  return {
    port: await listening(server),
    publish(channel, text) {
      const frame = message(channel, text);
      for (const { socket, stream } of rooms.get(channel) ?? []) {
        if (!corked.has(stream)) {
          corked.add(stream);
          stream.cork();
        }
        socket.send(frame);
      }
    },
    endTick() {
      for (const stream of corked) stream.uncork();
      corked.clear();
    },
  };
}
