import type { IncomingMessage } from "node:http";
import type { UpgradeInfo } from "../inbound/policy.js";

/** What hooks may see of a request. The query is cut off: tokens put there would end up in logs. */
export function upgradeInfo(request: IncomingMessage): UpgradeInfo {
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
  return { path, headers, remoteAddress: request.socket.remoteAddress ?? "unknown" };
}
