import { jsonCodec } from "@tocsin/protocol";
import type { UpgradeInfo } from "../connection/principal.js";
import type { Gate } from "../ws/attach.js";
import { type FakeSocket, fakeSocket } from "./fake-socket.js";

/** An upgrade request as a browser on the same host would send it. */
const someUpgrade: UpgradeInfo = { path: "/ws", headers: {}, remoteAddress: "192.0.2.1" };

/**
 * Opens a connection on a hub.
 *
 * @throws Error with the HTTP status when the hub turns it away.
 */
export async function fakeClient(
  gate: Gate,
  request: Partial<UpgradeInfo> = {},
): Promise<FakeSocket> {
  const place = await gate.reserve({ ...someUpgrade, ...request });
  if ("status" in place) throw new Error(`turned away: ${place.status} ${place.reason}`);
  const socket = fakeSocket();
  place.open(socket, jsonCodec);
  return socket;
}

/** Lets everything that waits for this turn, and for promises already settled, happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
