import { type AnyContract, CloseCode, definition } from "@tocsin/protocol";
import type { Clock } from "../../clock.js";
import type { Connection } from "../../connection/connection.js";
import { encodedEvent } from "../../connection/encoded-event.js";
import { putEvent } from "../../connection/outbox.js";
import type { Turn } from "../../outbound/turn.js";
import { checkedEntry } from "../../publish/entry.js";
import { InvalidPublishError } from "../../publish/errors.js";
import type { ChannelEvent } from "../../store/event.js";
import type { Subscription } from "../../subscription/subscription.js";
import type { SubscriptionManager } from "../../subscription/subscription-manager.js";
import { throughView } from "../../subscription/view.js";
import type { Hub } from "../hub.js";
import type { ClientInfo } from "../stats.js";
import type { DisconnectTarget } from "../target.js";
import type { NodeOutcome, NodeTask } from "./messages.js";
import type { Everywhere, Nodes } from "./nodes.js";
import type { Talk } from "./talk.js";

/** What acting on every node works with. */
export interface NodeParts {
  readonly name: string;
  readonly since: number;
  readonly contract: AnyContract;
  readonly clock: Clock;
  readonly turn: Turn;
  readonly subscriptions: SubscriptionManager;
  /** `undefined` where there are no others. */
  readonly talk: Talk | undefined;
  connectionsOf(target: DisconnectTarget): readonly Connection[];
  infoOf(connection: Connection): ClientInfo;
  /** The reader's view or codec threw. */
  onReaderFailed(subscription: Subscription, error: unknown): void;
  readonly hub: Pick<Hub, "disconnect" | "unsubscribe">;
}

/** So many connections one node lists at most. */
const MOST_LISTED = 1_000;

/** Does on this node what is to be done on every node. */
export function carryOutHere(parts: Omit<NodeParts, "talk">, task: NodeTask): NodeOutcome {
  const { target } = task;
  switch (task.do) {
    case "list": {
      const found = parts.connectionsOf(target);
      return { count: found.length, clients: found.slice(0, MOST_LISTED).map(parts.infoOf) };
    }
    case "disconnect":
      return { count: parts.hub.disconnect(target, task.code, task.reason) };
    case "unsubscribe": {
      const channel = parts.contract[definition].resolve(task.channel);
      return { count: channel ? parts.hub.unsubscribe(channel, target, task.reason) : 0 };
    }
    case "send":
      return { count: sendHere(parts, target, task) };
    default:
      return task satisfies never;
  }
}

/** Sends a signal to those of the target that read its channel here. */
function sendHere(
  { connectionsOf, subscriptions, turn, onReaderFailed }: Omit<NodeParts, "talk">,
  target: DisconnectTarget,
  { channel, data, timestamp }: Pick<ChannelEvent, "channel" | "data" | "timestamp">,
): number {
  const event = encodedEvent({
    channel,
    mode: "signal",
    epoch: "signal",
    offset: 0,
    data,
    timestamp,
  });
  let reached = 0;
  for (const connection of connectionsOf(target)) {
    const subscription = subscriptions.get(connection, channel);
    if (subscription?.stage.is !== "live") continue;
    const { view } = subscription;
    try {
      for (const seen of view ? throughView([event], view) : [event]) {
        putEvent(connection.outbox, seen);
        turn.touch(connection.outbox);
        reached += 1;
      }
    } catch (error) {
      onReaderFailed(subscription, error);
    }
  }
  return reached;
}

/** Acts on this node and on all others. */
export function createNodes(parts: NodeParts): Nodes {
  const { name, talk } = parts;

  async function everywhere(task: NodeTask) {
    const here = carryOutHere(parts, task);
    const { answers, missing } = (await talk?.ask(task)) ?? { answers: [], missing: [] };
    return { outcomes: [{ node: name, ...here }, ...answers], missing };
  }

  async function counted(task: NodeTask): Promise<Everywhere> {
    const { outcomes, missing } = await everywhere(task);
    return { count: outcomes.reduce((sum, { count }) => sum + count, 0), missing };
  }

  return {
    name,
    list: () => [
      { name, since: parts.since, isThisOne: true },
      ...(talk?.known() ?? []).map((node) => ({
        name: node.name,
        since: node.since,
        isThisOne: false,
      })),
    ],
    async clients(target) {
      const { outcomes, missing } = await everywhere({ do: "list", target });
      const clients = outcomes.flatMap(({ node, clients = [] }) =>
        clients.map(({ userId, ...info }) => ({
          node,
          ...info,
          ...(userId !== undefined && { userId }),
        })),
      );
      return { count: outcomes.reduce((sum, { count }) => sum + count, 0), clients, missing };
    },
    async send(target, channel, data) {
      if (channel.mode !== "signal") {
        throw new InvalidPublishError(channel.name, {
          field: "channel",
          message: `only signals can be sent to one user, and this is a ${channel.mode}`,
        });
      }
      const entry = checkedEntry(channel, data, parts.clock.now());
      return counted({ do: "send", target, channel: channel.name, ...entry });
    },
    disconnect: (target, code = CloseCode.Forbidden, reason = "disconnected by the server") =>
      counted({ do: "disconnect", target, code, reason }),
    unsubscribe: ({ name: channel }, target, reason = "unsubscribed by the server") =>
      counted({ do: "unsubscribe", target, channel, reason }),
  };
}
