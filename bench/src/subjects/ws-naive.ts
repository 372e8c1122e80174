import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { listening } from "../listening.js";
import { message, type Subject } from "./subject.js";

/** What most people write first: a loop that stringifies and sends to each reader. */
export async function start(): Promise<Subject> {
  const rooms = new Map<number, WebSocket[]>();
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => {
    socket.on("message", (data) => {
      const channel = Number(data.toString());
      rooms.set(channel, [...(rooms.get(channel) ?? []), socket]);
    });
  });
  return {
    port: await listening(server),
    publish(channel, text) {
      for (const socket of rooms.get(channel) ?? []) {
        socket.send(message(channel, text));
      }
    },
  };
}
