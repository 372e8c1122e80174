import { CloseCode } from "@tocsin/protocol";
import { type Connection, send } from "../connection/connection.js";
import { UnwritableError } from "../connection/frame.js";
import { forgetChannel } from "../connection/outbox.js";
import type { Turn } from "../outbound/turn.js";
import type { PresenceStore } from "../store/presence-store.js";
import type { Subscription } from "../subscription/subscription.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";

/** What it takes to end a subscription from this side. */
export interface EndingParts {
  readonly subscriptions: SubscriptionManager;
  readonly presence: PresenceStore;
  readonly turn: Turn;
  /** The reader cannot take any more. */
  onOverflow(connection: Connection): void;
  /** Ends a connection that cannot even be told. */
  close(connection: Connection, code: CloseCode, reason: string): void;
  /** A member who left is still listed. */
  onPresenceFailure(error: unknown, channel: string): void;
}

/**
 * Ends one subscription: its client is told why, what waits of the channel is not sent any more, and the connection
 * stays. Whoever has asked for the channel and still waits for the answer is refused. Harmless when it has ended.
 */
export function endSubscription(
  parts: EndingParts,
  subscription: Subscription,
  reason: string,
): void {
  const { subscriptions, presence, turn } = parts;
  const { connection, channel } = subscription;
  if (subscriptions.get(connection, channel.name) !== subscription) return;
  subscriptions.remove(connection, channel.name);
  subscription.stage = { is: "ended", reason };
  forgetChannel(connection.outbox, channel.name);
  try {
    const told = send(connection, { type: "unsubscribed", channel: channel.name, reason });
    if (told === "overflow") parts.onOverflow(connection);
  } catch {
    parts.close(connection, CloseCode.ServerError, UNWRITABLE);
  }
  turn.touch(connection.outbox);
  if (!channel.def.presence) return;
  presence
    .leave(channel.name, connection.id)
    .catch((error) => parts.onPresenceFailure(error, channel.name));
}

/** Said to a client whose codec threw. */
export const UNWRITABLE = "what is to be said cannot be written in the format of this connection";

/** Why a subscription ends whose view or codec threw, in words for its client. */
export function endingOf(error: unknown): string {
  return error instanceof UnwritableError
    ? UNWRITABLE
    : "what you may see of this channel could not be worked out";
}
