import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Socket } from "../connection/socket.js";

/**
 * A `ws` connection as our socket. Frames come ready-made, so they go straight to the stream of the upgrade
 * and `ws` is left with reading and with control frames. Both write whole frames, so they may interleave;
 * that needs per-message compression to be off, as it is unless turned on.
 */
export function wsSocket(webSocket: WebSocket, stream: Duplex): Socket {
  let over = false;
  return {
    get queuedBytes() {
      return stream.writableLength;
    },
    listen(listener) {
      webSocket.on("message", (data, isBinary) => {
        const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat().map(toBuffer));
        listener.frame(isBinary ? bytes : bytes.toString("utf8"));
      });
      webSocket.on("pong", listener.alive);
      webSocket.on("ping", listener.alive);
      webSocket.on("error", () => {}); // always followed by close, which tells the rest
      webSocket.on("close", (code, reason) => {
        over = true;
        listener.closed(code, reason.toString("utf8"));
      });
      stream.on("drain", listener.drained);
    },
    write(frames) {
      if (!over && stream.writable) stream.write(frames);
    },
    ping: () => webSocket.ping(),
    close: (code, reason) => webSocket.close(code, reason),
    terminate: () => webSocket.terminate(),
  };
}

function toBuffer(part: ArrayBuffer | Buffer): Buffer {
  return Buffer.isBuffer(part) ? part : Buffer.from(part);
}
