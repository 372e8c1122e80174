import { createServer, type Socket } from "node:net";
import { listening } from "../listening.js";
import { ACCEPT } from "../wire/web-socket.js";

/**
 * A server that upgrades everybody with the same answer and takes each frame for the number of a channel.
 * Returns its port. `extensions` are said to have been agreed on.
 */
export function bareServer(
  subscribed: (channel: number, socket: Socket) => void,
  extensions?: string,
): Promise<number> {
  const agreed = extensions === undefined ? "" : `Sec-WebSocket-Extensions: ${extensions}\r\n`;
  const answer = `${ACCEPT}${agreed}\r\n`;
  const server = createServer((socket) => {
    let upgraded = false;
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      let at = 0;
      if (!upgraded) {
        upgraded = true;
        socket.write(answer);
        at = data.indexOf("\r\n\r\n") + 4;
      }
      while (at + 6 <= data.length) {
        const size = (data[at + 1] ?? 0) & 0x7f;
        subscribed(Number(data.toString("latin1", at + 6, at + 6 + size)), socket);
        at += 6 + size;
      }
    });
  });
  return listening(server);
}
