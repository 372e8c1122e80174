import type { Position, ServerMessageOf } from "@tocsin/protocol";
import type { Recovery } from "./delivery.js";

/** Nothing from before was wanted. */
export const FRESH: Recovery = { outcome: "fresh" };

/** The channel's numbering started anew, so nobody can say what of it was seen. */
function lifeChanged(offset: number): Recovery {
  return { outcome: "gap", from: Math.min(1, offset), to: offset, reason: "epoch-changed" };
}

/** What a `subscribed` says about the events since the position that was asked for. */
export function recoveryOf(
  { recovery, gap, offset, epoch }: ServerMessageOf<"subscribed">,
  since: Position | undefined,
): Recovery {
  if (recovery === "fresh") return FRESH;
  // E28: positions of another life cannot be continued, whatever the server says
  if (since && since.epoch !== epoch && recovery !== "gap") return lifeChanged(offset);
  if (recovery === "nothing-missed" || recovery === "recovered") return { outcome: recovery };
  const missed = {
    from: Math.min((since?.offset ?? 0) + 1, offset),
    to: offset,
    reason: "unknown",
  };
  return { outcome: "gap", ...(gap ?? missed) };
}
