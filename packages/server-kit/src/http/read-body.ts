import type { IncomingMessage } from "node:http";
import { Refused } from "../inbound/refusal.js";
import type { HttpBody } from "./http-route.js";

/**
 * Reads a body, and stops as soon as it is longer than `limit` bytes.
 *
 * @throws Refused with `malformed` when the peer goes away in the middle.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<HttpBody> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return { is: "too-large" };
  const chunks: Uint8Array[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size <= limit) chunks.push(chunk);
      else resolve({ is: "too-large" });
    });
    request.once("end", () => resolve({ is: "bytes", bytes: Buffer.concat(chunks) }));
    const cutShort = () =>
      reject(new Refused({ code: "malformed", message: "the request ended before its body did" }));
    request.once("error", cutShort);
    request.once("close", cutShort); // after "end" it changes nothing
  });
}
