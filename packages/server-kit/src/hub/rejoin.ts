import type { Position } from "@tocsin/protocol";
import type { Connection } from "../connection/connection.js";
import type { HandlerContext } from "../inbound/context.js";
import { Refused } from "../inbound/refusal.js";
import { join } from "../inbound/subscribing.js";
import type { Logger } from "../logger.js";
import type { Subscription } from "../subscription/subscription.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";

/** What joining anew works with. */
export interface RejoinParts {
  readonly subscriptions: SubscriptionManager;
  readonly logger: Logger;
  context(): HandlerContext;
  onOverflow(connection: Connection): void;
}

/**
 * Joins a live reader anew, of this side's own accord, because events of its channel are lost or were numbered anew.
 * `seen` is how far the readers of the channel were brought.
 */
export function rejoin(parts: RejoinParts, subscription: Subscription, seen?: Position): void {
  const { connection, channel, stage, params, view, pace } = subscription;
  const since = stage.is === "live" ? positionOf(subscription, stage, seen) : undefined;
  const again = parts.subscriptions.add(connection, channel, { params, view, pace });
  join(parts.context(), again, { since, rewind: undefined }, undefined).catch((error) => {
    if (error instanceof Refused) return; // it was turned out meanwhile, and told so
    parts.logger.error({ err: error, channel: channel.name }, "a reader could not join anew");
    parts.onOverflow(connection); // whoever takes itself for a reader must learn that it is none
  });
}

/**
 * Where the reader of a `log` is: all it was given is on its way to it, in order. Of the others older values may wait
 * and are left out now, so what they hold is not known; they get a snapshot.
 */
function positionOf(
  { channel }: Subscription,
  { epoch, offset }: Position,
  seen: Position | undefined,
): Position | undefined {
  if (channel.mode !== "log") return undefined;
  return { epoch, offset: seen?.epoch === epoch ? Math.max(offset, seen.offset) : offset };
}
