import type { ConnectionState } from "@tocsin/client";
import type { ServiceStatus } from "@tocsin-example/alert-contract";
import type { InboxView } from "../inbox/store.js";

/** What the indicator is made from. */
export interface Facts {
  readonly connection: ConnectionState;
  /** What the browser says about the network. */
  readonly online: boolean;
  readonly inbox: Pick<InboxView, "channel" | "recovery"> | undefined;
  /** Whether the reader has understood the last gap. */
  readonly gapSeen: boolean;
  readonly service: Pick<ServiceStatus, "running" | "ended" | "stale"> | undefined;
}

/** What the page says about itself, most urgent first. */
export type Indication =
  | { readonly state: "idle" | "connecting"; readonly attempt: number }
  | {
      readonly state: "waiting";
      readonly attempt: number;
      readonly retryAt: number;
      readonly why: string;
    }
  | { readonly state: "offline" }
  | { readonly state: "stopped"; readonly why: string }
  | { readonly state: "recovering" }
  | { readonly state: "gap"; readonly missed: number }
  | { readonly state: "paused"; readonly ended: boolean }
  | { readonly state: "stale"; readonly symbols: readonly string[] }
  | { readonly state: "live"; readonly recovered: number | undefined };

/** The one thing to say. A connection that works is not yet prices that come, so both are looked at. */
export function indicate({ connection, online, inbox, gapSeen, service }: Facts): Indication {
  const { attempt } = connection;
  switch (connection.status) {
    case "idle":
      return { state: "idle", attempt };
    case "connecting":
      return online ? { state: "connecting", attempt } : { state: "offline" };
    case "waiting":
      if (!online) return { state: "offline" };
      return {
        state: "waiting",
        attempt,
        retryAt: connection.retryAt,
        why: connection.error.message,
      };
    case "stopped":
      return { state: "stopped", why: connection.error.message };
    case "closed":
      return { state: "stopped", why: "" };
    case "live":
      return whileLive(inbox, gapSeen, service);
    default:
      return connection satisfies never;
  }
}

function whileLive(inbox: Facts["inbox"], gapSeen: boolean, service: Facts["service"]): Indication {
  // The inbox is answered after the connection stands; until then nobody knows what was missed.
  if (inbox && inbox.channel !== "live") return { state: "recovering" };
  const recovery = inbox?.recovery;
  if (recovery?.outcome === "gap" && !gapSeen) return { state: "gap", missed: recovery.count };
  if (service && !service.running) return { state: "paused", ended: service.ended };
  if (service && service.stale.length > 0) return { state: "stale", symbols: service.stale };
  return { state: "live", recovered: recoveredBy(recovery) };
}

/** How many updates the last reconnect brought back; `undefined` when there was none. */
function recoveredBy(recovery: InboxView["recovery"] | undefined): number | undefined {
  if (recovery?.outcome === "recovered") return recovery.count;
  return recovery?.outcome === "nothing-missed" ? 0 : undefined;
}

/** The colour of an indication. */
export function toneOf({ state }: Indication): "good" | "warn" | "bad" | "quiet" {
  switch (state) {
    case "live":
      return "good";
    case "idle":
    case "paused":
      return "quiet";
    case "offline":
    case "stopped":
      return "bad";
    default:
      return "warn";
  }
}

/** Whether what stands on the page may be old. */
export function isAway({ state }: Indication): boolean {
  return state === "waiting" || state === "offline" || state === "stopped";
}
