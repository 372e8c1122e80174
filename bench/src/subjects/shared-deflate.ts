import type { Socket } from "node:net";
import { constants, deflateRawSync } from "node:zlib";
import { indexQuotes } from "../data/quotes.js";
import { serverFrame } from "../wire/web-socket.js";
import { bareServer } from "./bare.js";
import type { Subject } from "./subject.js";

const quotes = indexQuotes(500);
/** What a sync flush ends with, and RFC 7692 leaves out. */
const TAIL_BYTES = 4;

/** One message as permessage-deflate sends it when no message refers to an earlier one: the same for everybody. */
export function deflated(payload: Buffer): Buffer {
  const bytes = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, bytes.length - TAIL_BYTES);
}

/** Bare sockets that all get the same frame, compressed once for all where that is asked for. */
export async function startWith(compress: boolean): Promise<Subject> {
  const readers: Socket[] = [];
  const agreed = compress ? "permessage-deflate; server_no_context_takeover" : undefined;
  let n = 0;
  return {
    port: await bareServer((_channel, socket) => void readers.push(socket), agreed),
    publish(_channel, text) {
      n += 1;
      const payload = Buffer.from(
        JSON.stringify({ id: text.slice(0, 30), data: quotes[n % quotes.length] }),
      );
      const frame = compress ? serverFrame(deflated(payload), true) : serverFrame(payload);
      for (const socket of readers) socket.write(frame);
    },
  };
}
