import {
  CloseCode,
  DEFAULT_HEARTBEAT_INTERVAL_MS,
  DEFAULT_HEARTBEAT_TIMEOUT_MS,
} from "@tocsin/protocol";
import type { Connection } from "./connection.js";

/** How long a peer may be silent. */
export interface HeartbeatSettings {
  /** A peer silent for so long is asked for a sign of life. Default 25,000 ms. */
  readonly intervalMs: number;
  /** And so long later it is given up. Default 8,000 ms. */
  readonly timeoutMs: number;
}

/** What a look at one connection finds. */
export type Finding =
  | { readonly is: "well" }
  | { readonly is: "silent" }
  | { readonly is: "over"; readonly code: CloseCode; readonly reason: string };

const WELL: Finding = { is: "well" };
const SILENT: Finding = { is: "silent" };

/** Who is overdue: with a sign of life, a first token, or a fresh one. Pure; the caller acts on it. */
export function examine(
  { heardAt, pinged, identity }: Pick<Connection, "heardAt" | "pinged" | "identity">,
  now: number,
  { intervalMs, timeoutMs }: HeartbeatSettings,
): Finding {
  const unproven = identity.status === "unproven" || identity.status === "proving";
  if (unproven && now >= identity.deadline) {
    return over(CloseCode.Unauthorized, "no good auth message in time");
  }
  const principal = identity.status === "known" ? identity.principal : undefined;
  if (principal?.expiresAt !== undefined && now >= principal.expiresAt) {
    return over(CloseCode.TokenExpired, "token expired");
  }
  const silence = now - heardAt;
  if (silence >= intervalMs + timeoutMs) return over(CloseCode.HeartbeatTimeout, "no sign of life");
  return silence >= intervalMs && !pinged ? SILENT : WELL;
}

function over(code: CloseCode, reason: string): Finding {
  return { is: "over", code, reason };
}

/**
 * Fills in defaults.
 *
 * @throws RangeError naming the setting that is not a positive number.
 */
export function resolveHeartbeat(given: Partial<HeartbeatSettings> = {}): HeartbeatSettings {
  const settings = {
    intervalMs: given.intervalMs ?? DEFAULT_HEARTBEAT_INTERVAL_MS,
    timeoutMs: given.timeoutMs ?? DEFAULT_HEARTBEAT_TIMEOUT_MS,
  };
  for (const [name, value] of Object.entries(settings)) {
    if (!(value > 0))
      throw new RangeError(`heartbeat.${name} must be a number above 0, not ${value}`);
  }
  return settings;
}
