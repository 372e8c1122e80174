import type { ChannelRef } from "@tocsin/protocol";
import type { Connection } from "../connection/connection.js";
import type { Subscription, SubscriptionTerms } from "./subscription.js";

/** The index both ways between channels and connections. */
export interface SubscriptionManager {
  /** Subscriptions on all channels together. */
  readonly size: number;
  /** Puts a new subscription in the index, in the place of an earlier one of the same connection and channel. */
  add(
    connection: Connection,
    channel: ChannelRef,
    terms?: Partial<SubscriptionTerms>,
  ): Subscription;
  /** Ends one subscription; `undefined` when it was not there. */
  remove(connection: Connection, channel: string): Subscription | undefined;
  /** Ends all subscriptions of a connection. */
  removeAll(connection: Connection): readonly Subscription[];
  /** The subscription of one connection to one channel. */
  get(connection: Connection, channel: string): Subscription | undefined;
  /** The subscriptions of one channel. Cost of walking it grows with this channel's readers and nothing else. */
  on(channel: string): Iterable<Subscription>;
  /** The subscriptions of one connection. */
  of(connection: Connection): Iterable<Subscription>;
  /** How many channels one connection is on. */
  count(connection: Connection): number;
  /** Whether a channel has a reader on this node. */
  hasSubscribers(channel: string): boolean;
  /** Every channel with a reader on this node. */
  activeChannels(): Iterable<string>;
}

/** Called when a channel gets its first reader on this node, and when it loses its last. */
export type InterestListener = (channel: string, wanted: boolean) => void;

const NONE: ReadonlyMap<string, Subscription> = new Map();

/** Subscriptions of this process. */
export function createSubscriptionManager(
  onInterest: InterestListener = () => {},
): SubscriptionManager {
  const byChannel = new Map<string, Set<Subscription>>();
  const byConnection = new Map<Connection, Map<string, Subscription>>();
  let size = 0;

  const drop = (subscription: Subscription): void => {
    const { channel } = subscription;
    subscription.stage = { is: "ended" };
    size -= 1;
    const readers = byChannel.get(channel.name);
    readers?.delete(subscription);
    if (readers?.size !== 0) return;
    byChannel.delete(channel.name);
    onInterest(channel.name, false);
  };

  const manager: SubscriptionManager = {
    get size() {
      return size;
    },
    add(connection, channel, { params, view, pace } = {}) {
      const own = byConnection.get(connection) ?? new Map<string, Subscription>();
      const earlier = own.get(channel.name);
      const readers = byChannel.get(channel.name);
      const subscription: Subscription = {
        connection,
        channel: sharedRef(readers) ?? channel,
        params,
        view,
        pace,
        stage: { is: "joining", held: [] },
      };
      const { name } = subscription.channel;
      own.set(name, subscription);
      byConnection.set(connection, own);
      if (readers) readers.add(subscription);
      else byChannel.set(name, new Set([subscription]));
      size += 1;
      if (earlier) drop(earlier); // after the new one is in, so interest never lapses
      if (!readers) onInterest(name, true);
      return subscription;
    },
    remove(connection, channel) {
      const own = byConnection.get(connection);
      const subscription = own?.get(channel);
      if (!own || !subscription) return undefined;
      own.delete(channel);
      if (own.size === 0) byConnection.delete(connection);
      drop(subscription);
      return subscription;
    },
    removeAll(connection) {
      const own = [...(byConnection.get(connection) ?? NONE).values()];
      byConnection.delete(connection);
      for (const subscription of own) drop(subscription);
      return own;
    },
    get: (connection, channel) => byConnection.get(connection)?.get(channel),
    on: (channel) => byChannel.get(channel) ?? [],
    of: (connection) => (byConnection.get(connection) ?? NONE).values(),
    count: (connection) => byConnection.get(connection)?.size ?? 0,
    hasSubscribers: (channel) => byChannel.has(channel),
    activeChannels: () => byChannel.keys(),
  };
  return manager;
}

/** Readers of one channel share one ref and one name: each brought its own, read from its own subscribe. */
function sharedRef(readers: Iterable<Subscription> | undefined): ChannelRef | undefined {
  const first = readers?.[Symbol.iterator]().next();
  return first?.done === false ? first.value.channel : undefined;
}
