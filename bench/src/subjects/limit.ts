import type { Socket } from "node:net";
import { serverFrame } from "../wire/web-socket.js";
import { bareServer } from "./bare.js";
import { message, type Subject } from "./subject.js";

/**
 * No protocol at all: bare sockets, frames made once, one write a socket and tick. What is left is the kernel
 * and the runtime; nothing in Node that frames and delivers can cost less.
 */
export async function start(): Promise<Subject> {
  const rooms = new Map<number, Socket[]>();
  let waiting = new Map<Socket, Buffer[]>();
  return {
    port: await bareServer((channel, socket) => {
      rooms.set(channel, [...(rooms.get(channel) ?? []), socket]);
    }),
    publish(channel, text) {
      const frame = serverFrame(Buffer.from(message(channel, text)));
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
