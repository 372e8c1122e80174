import type { FrameFault } from "../connection/frame-fault.js";

/** A fault and the close code that goes with it. */
export type Fault = readonly [FrameFault, code: number];

/** What `ws` calls it, what we call it, and what it closes with. */
const BY_ERROR: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ["WS_ERR_INVALID_UTF8", ["not-utf8", 1007]],
  ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", ["too-large", 1009]],
  ["WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", ["too-large", 1009]],
  ["WS_ERR_TOO_MANY_BUFFERED_PARTS", ["too-many-fragments", 1008]],
]);

/** What a peer did wrong when `ws` ends its connection with an error; nothing when only the line broke. */
export function faultOf(error: Error): Fault | undefined {
  const name = "code" in error && typeof error.code === "string" ? error.code : "";
  return BY_ERROR.get(name) ?? (name.startsWith("WS_ERR_") ? OTHER : undefined);
}

const OTHER: Fault = ["protocol-error", 1002];

/** For a peer that wants more pongs than it takes: `ws` cuts it off without an error. */
export const PING_FLOOD: Fault = ["ping-flood", 1008];
