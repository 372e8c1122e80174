import { createServer, type Socket } from "node:net";
import { listening } from "../listening.js";
import { serverFrame } from "../wire.js";
import type { Subject } from "./subject.js";

const ACCEPT =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/**
 * No protocol at all: bare sockets, frames made once, one write a socket and tick. What is left is the kernel
 * and the runtime; nothing in Node that frames and delivers can cost less.
 */
export async function start(): Promise<Subject> {
  const rooms = new Map<number, Socket[]>();
  let waiting = new Map<Socket, Buffer[]>();
  const server = createServer((socket) => {
    let upgraded = false;
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      let at = 0;
      if (!upgraded) {
        upgraded = true;
        socket.write(ACCEPT);
        at = data.indexOf("\r\n\r\n") + 4;
      }
      while (at + 6 <= data.length) {
        const size = (data[at + 1] ?? 0) & 0x7f;
        const channel = Number(data.toString("latin1", at + 6, at + 6 + size));
        rooms.set(channel, [...(rooms.get(channel) ?? []), socket]);
        at += 6 + size;
      }
    });
  });
  return {
    port: await listening(server),
    publish(channel, text) {
      const frame = serverFrame(JSON.stringify({ channel, data: { v: text } }));
      for (const socket of rooms.get(channel) ?? []) {
        const frames = waiting.get(socket);
        if (frames) frames.push(frame);
        else waiting.set(socket, [frame]);
      }
    },
    endTick() {
      const out = waiting;
      waiting = new Map();
      const shared = new Map<Buffer, { readonly count: number; readonly bytes: Buffer }>();
      for (const [socket, frames] of out) {
        const [first] = frames;
        if (!first) continue;
        // readers of the same single channel share one buffer
        const known = shared.get(first);
        const bytes = known?.count === frames.length ? known.bytes : Buffer.concat(frames);
        if (!known) shared.set(first, { count: frames.length, bytes });
        socket.write(bytes);
      }
    },
  };
}
