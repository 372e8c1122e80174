import type { WebSocket } from "ws";
import type { FrameFault } from "../connection/frame-fault.js";
import type { SocketListener } from "../connection/socket.js";

type Fault = readonly [FrameFault, code: number];

/** What `ws` calls it, what we call it, and what it closes with. */
const BY_ERROR: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ["WS_ERR_INVALID_UTF8", ["not-utf8", 1007]],
  ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", ["too-large", 1009]],
  ["WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", ["too-large", 1009]],
  ["WS_ERR_TOO_MANY_BUFFERED_PARTS", ["too-many-fragments", 1008]],
]);

const OPEN = 1;

/** Tells the listener when `ws` ends a connection over what the peer sent; that the line broke is told by `close`. */
export function reportFaults(
  webSocket: WebSocket,
  listener: Pick<SocketListener, "refused">,
): void {
  webSocket.on("error", (error) => {
    const name = "code" in error && typeof error.code === "string" ? error.code : "";
    const other: Fault | undefined = name.startsWith("WS_ERR_")
      ? ["protocol-error", 1002]
      : undefined;
    const fault = BY_ERROR.get(name) ?? other;
    if (fault) listener.refused(...fault);
  });
  // A peer that asks for more pongs than it takes has been cut off by now; there is no error to tell.
  webSocket.on("ping", () => {
    if (webSocket.readyState !== OPEN) listener.refused("ping-flood", 1008);
  });
}
