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
  /** Nothing can be due before `until`, milliseconds since 1970. */
  | { readonly is: "well"; readonly until: number }
  | { readonly is: "silent" }
  | { readonly is: "over"; readonly code: CloseCode; readonly reason: string };

const SILENT: Finding = { is: "silent" };

/** A token that is being looked at may leave its connection with an earlier deadline than before. */
const PROVING_MS = 1_000;

/**
 * Who is overdue: with a sign of life, a first token, or a fresh one. Nobody is given up who was not asked first.
 * Pure; the caller acts on it.
 */
export function examine(
  { heardAt, pingedAt, identity }: Pick<Connection, "heardAt" | "pingedAt" | "identity">,
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
  const beatAt = pingedAt === undefined ? heardAt + intervalMs : pingedAt + timeoutMs;
  if (now >= beatAt) {
    return pingedAt === undefined ? SILENT : over(CloseCode.HeartbeatTimeout, "no sign of life");
  }
  const identityAt = unproven ? identity.deadline : (principal?.expiresAt ?? beatAt);
  const provingAt = identity.status === "proving" ? now + PROVING_MS : beatAt;
  return { is: "well", until: Math.min(beatAt, identityAt, provingAt) };
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
