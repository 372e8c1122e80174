import { createHash } from "node:crypto";
import { literal } from "../store/event-text.js";

/** An index takes no more than 2,700 bytes. */
const MOST_BYTES = 1_000;

/** A name as an index can hold it: a long one by its beginning and its hash. */
export function columnText(name: string): string {
  const text = literal(name);
  if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  return `${literal(name.slice(0, 60))}#${hash(text)}`;
}

/** What a channel's events are announced on. `LISTEN` takes less than 64 bytes. */
export function topicOf(schema: string, channel: string): string {
  return `tocsin_${hash(`${schema} ${literal(channel)}`)}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
