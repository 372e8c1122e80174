import type { Connection } from "../connection/connection.js";
import { endingOf, endSubscription } from "../inbound/ending.js";
import type { Logger } from "../logger.js";
import type { Turn } from "../outbound/turn.js";
import type { PresenceStore } from "../store/presence-store.js";
import type { Subscription } from "../subscription/subscription.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";

/** What ending subscriptions works with. */
export interface EndingParts {
  readonly subscriptions: SubscriptionManager;
  readonly presence: PresenceStore;
  readonly turn: Turn;
  readonly logger: Logger;
  close(connection: Connection, code: number, reason: string): void;
  onOverflow(connection: Connection): void;
}

/** The ways a subscription ends while its connection goes on. */
export interface Endings {
  /** Its reader is told why, and is no member of the channel any more. */
  end(subscription: Subscription, reason: string): void;
  /** Its view or its codec threw. */
  onReaderFailed(subscription: Subscription, error: unknown): void;
  /** Its connection is over: ends all of them without a word. */
  leaveAll(connection: Connection): void;
}

/** Ends subscriptions of one hub. */
export function createEndings({ logger, ...parts }: EndingParts): Endings {
  const { subscriptions, presence } = parts;
  const onPresenceFailure = (error: unknown, channel: string) =>
    logger.warn({ err: error, channel }, "presence kept a member who was turned out");
  const end = (subscription: Subscription, reason: string): void =>
    endSubscription({ ...parts, onPresenceFailure }, subscription, reason);
  return {
    end,
    onReaderFailed(subscription, error) {
      const { channel, connection } = subscription;
      const fields = { err: error, channel: channel.name, clientId: connection.id };
      logger.error(fields, "a view or a codec threw; its reader is unsubscribed");
      end(subscription, endingOf(error));
    },
    leaveAll(connection) {
      for (const { channel } of subscriptions.removeAll(connection)) {
        if (!channel.def.presence) continue;
        presence.leave(channel.name, connection.id).catch((error) => {
          logger.warn({ err: error, channel: channel.name }, "presence kept a member who left");
        });
      }
    },
  };
}
