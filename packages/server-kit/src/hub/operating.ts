import type { ChannelRef } from "@tocsin/protocol";
import { CloseCode } from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import { type Connection, principalOf } from "../connection/connection.js";
import type { ConnectionManager } from "../connection/connection-manager.js";
import { heldBytes } from "../connection/outbox.js";
import { type Rejections, whose } from "../inbound/rejections.js";
import type { Subscription } from "../subscription/subscription.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";
import type { Hub } from "./hub.js";
import type { Incoming } from "./incoming.js";
import type { ClientInfo, Counters } from "./stats.js";
import type { DisconnectTarget } from "./target.js";

/** What an operator sees and does works with. */
export interface OperatingParts {
  readonly connections: ConnectionManager;
  readonly subscriptions: SubscriptionManager;
  readonly rejections: Rejections;
  readonly counters: Counters;
  readonly incoming: Incoming;
  readonly clock: Pick<Clock, "now">;
  readonly startedAt: number;
  isDraining(): boolean;
  close(connection: Connection, code: number, reason: string): void;
  end(subscription: Subscription, reason: string): void;
}

/** What an operator sees of a hub, and does to it, on this node. */
export interface Operating
  extends Pick<Hub, "stats" | "clients" | "health" | "disconnect" | "unsubscribe"> {
  connectionsOf(target: DisconnectTarget): readonly Connection[];
  infoOf(connection: Connection): ClientInfo;
}

/** Makes the operator's side of a hub. */
export function createOperating(parts: OperatingParts): Operating {
  const { connections, subscriptions, rejections, counters, incoming, clock, isDraining } = parts;

  const connectionsOf = (target: DisconnectTarget): readonly Connection[] =>
    "userId" in target
      ? connections.ofUser(target.userId)
      : [connections.get(target.clientId)].filter((one) => one !== undefined);

  const infoOf = (connection: Connection): ClientInfo => {
    const userId = principalOf(connection)?.userId;
    return {
      clientId: connection.id,
      ...(userId !== undefined && { userId }),
      remoteAddress: connection.request.remoteAddress,
      connectedAt: connection.connectedAt,
      channels: [...subscriptions.of(connection)].map(({ channel }) => channel.name),
      queuedBytes: heldBytes(connection.outbox),
      droppedSignals: connection.outbox.dropped,
    };
  };

  return {
    connectionsOf,
    infoOf,
    stats: () => ({
      uptimeMs: clock.now() - parts.startedAt,
      connections: connections.size,
      subscriptions: subscriptions.size,
      channels: [...subscriptions.activeChannels()].length,
      opened: counters.opened,
      closed: Object.fromEntries(counters.closed),
      published: counters.published,
      delivered: counters.delivered,
      duplicates: counters.duplicates,
      recoveries: Object.fromEntries(counters.recoveries),
      rejected: rejections.counts(),
      queuedBytes: [...connections.all()].reduce((sum, { outbox }) => sum + heldBytes(outbox), 0),
      broker: incoming.stats(),
      draining: isDraining(),
    }),
    clients: () => [...connections.all()].map(infoOf),
    health: () => {
      const draining = isDraining();
      return { ok: !draining && incoming.isUp, draining, broker: incoming.isUp ? "up" : "down" };
    },
    disconnect(target, code = CloseCode.Forbidden, reason = "disconnected by the server") {
      const found = connectionsOf(target);
      for (const connection of found) {
        rejections.reject({ stage: "auth", reason: "revoked", code, ...whose(connection) });
        parts.close(connection, code, reason);
      }
      return found.length;
    },
    unsubscribe({ name }: ChannelRef, target, reason = "unsubscribed by the server") {
      const found = connectionsOf(target)
        .map((connection) => subscriptions.get(connection, name))
        .filter((one) => one !== undefined);
      for (const subscription of found) parts.end(subscription, reason);
      return found.length;
    },
  };
}
