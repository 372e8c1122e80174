import type { ConnectionState } from "@tocsin/client";
import type { RecoveryView } from "../../live/views.js";
import { text } from "../../text.js";

/** The state in words; `seconds` until the next attempt. */
export function describeConnection(connection: ConnectionState, seconds: number): string {
  const { attempt, status } = connection;
  switch (status) {
    case "idle":
      return text.connection.idle;
    case "connecting":
      // An attempt after a failure is a reconnect, even in the moment when it is under way.
      return attempt > 0 ? text.connection.reconnecting(0, attempt) : text.connection.connecting;
    case "live":
      return text.connection.live;
    case "waiting":
      return text.connection.reconnecting(seconds, attempt);
    case "stopped":
    case "closed":
      return text.connection.offline;
    default:
      return status satisfies never;
  }
}

/** What became of the alerts of the time without a connection. */
export function describeRecovery(recovery: RecoveryView): string | undefined {
  const words = text.connection.recovery;
  switch (recovery.outcome) {
    case "fresh":
      return undefined; // there was no such time yet
    case "nothing-missed":
      return words.nothingMissed;
    case "recovered":
      return words.recovered(recovery.count);
    case "gap":
      return words.gap(recovery.count);
    default:
      return recovery satisfies never;
  }
}

/** The colour of the indicator. A gap stays visible after the connection is back. */
export function toneOf(
  { status }: ConnectionState,
  recovery: RecoveryView | undefined,
): "good" | "warn" | "bad" | "quiet" {
  if (status === "live") return recovery?.outcome === "gap" ? "warn" : "good";
  if (status === "idle") return "quiet";
  return status === "stopped" || status === "closed" ? "bad" : "warn";
}
