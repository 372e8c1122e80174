import type { Clock } from "../clock.js";
import { principalOf } from "../connection/connection.js";
import type { ConnectionManager } from "../connection/connection-manager.js";
import type { Logger } from "../logger.js";
import type { PresenceStore } from "../store/presence-store.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";

/** What the renewal works with. */
export interface RenewalParts {
  readonly clock: Clock;
  readonly presence: PresenceStore;
  readonly connections: ConnectionManager;
  readonly subscriptions: SubscriptionManager;
  readonly logger: Logger;
}

/** Renews the members of this node at a third of their lifetime. Returns how to stop. */
export function startPresenceRenewal(parts: RenewalParts): () => void {
  const { clock, presence, connections, subscriptions, logger } = parts;
  let cancel = () => {};
  const renewAll = async () => {
    for (const connection of connections.all()) {
      const userId = principalOf(connection)?.userId;
      for (const { channel, stage } of subscriptions.of(connection)) {
        if (!channel.def.presence || stage.is !== "live") continue;
        await presence.join(channel.name, {
          clientId: connection.id,
          ...(userId !== undefined && { userId }),
          since: connection.connectedAt,
        });
      }
    }
  };
  const again = () => {
    cancel = clock.after(presence.ttlMs / 3, () => {
      renewAll()
        .catch((error) => logger.warn({ err: error }, "presence could not be renewed"))
        .finally(again);
    });
  };
  again();
  return () => cancel();
}
