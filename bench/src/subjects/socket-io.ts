import { createServer } from "node:http";
import { Server } from "socket.io";
import { listening } from "../listening.js";
import { QUIET_MS, type Subject } from "./subject.js";

/** Socket.IO with one room a channel, WebSocket only. */
export async function start(): Promise<Subject> {
  const server = createServer();
  const io = new Server(server, {
    transports: ["websocket"],
    perMessageDeflate: false,
    pingInterval: QUIET_MS,
  });
  io.on("connection", (socket) => {
    socket.on("sub", (channel) => void socket.join(String(channel)));
  });
  return {
    port: await listening(server),
    publish: (channel, text) =>
      void io.to(String(channel)).emit("e", { channel, data: { v: text } }),
  };
}
