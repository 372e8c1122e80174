/** Just enough of the client protocol of NATS: its readers are no WebSockets, and neither is its publisher. */
import type { Measure } from "./counter.js";

const LINE_END = "\r\n";
const M = 0x4d;

/** Says who one is; no answer is asked for. */
export const CONNECT = `CONNECT {"verbose":false,"pedantic":false,"lang":"bench","version":"1","protocol":1}${LINE_END}`;

/** Subscribes to a subject under a number. */
export function subscribeLine(subject: string, id: number): string {
  return `SUB ${subject} ${id}${LINE_END}`;
}

/** Publishes. */
export function publishLines(subject: string, payload: string): string {
  return `PUB ${subject} ${Buffer.byteLength(payload)}${LINE_END}${payload}${LINE_END}`;
}

/** `MSG subject id size` with its payload is an event; every other line is a word between programs. */
export const natsMessages: Measure = (bytes, at) => {
  const end = bytes.indexOf(LINE_END, at);
  if (end === -1) return undefined;
  const line = end + 2 - at;
  if (bytes[at] !== M) return { size: line, isEvent: false };
  const size = Number(bytes.toString("latin1", bytes.lastIndexOf(" ", end) + 1, end));
  return { size: line + size + 2, isEvent: true };
};
