import type { ChannelRef } from "@tocsin/protocol";
import type { Connection } from "../connection/connection.js";
import { countOf, type Own, ownOn, withOwn, withoutOwn } from "./own.js";
import {
  addReader,
  type ChangingReaders,
  noReaders,
  type Readers,
  removeReader,
} from "./readers.js";
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
  /** The same, for whoever walks them often. Do not change it, and do not walk it while readers come or go. */
  readers(channel: string): Readers | undefined;
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

/** Subscriptions of this process. */
export function createSubscriptionManager(
  onInterest: InterestListener = () => {},
): SubscriptionManager {
  const byChannel = new Map<string, ChangingReaders>();
  const byConnection = new Map<Connection, Own>();
  let size = 0;

  const drop = (subscription: Subscription): void => {
    const { channel } = subscription;
    subscription.stage = { is: "ended" };
    size -= 1;
    const readers = byChannel.get(channel.name);
    if (!readers) return;
    removeReader(readers, subscription);
    if (readers.list.length > 0) return;
    byChannel.delete(channel.name);
    onInterest(channel.name, false);
  };

  const manager: SubscriptionManager = {
    get size() {
      return size;
    },
    add(connection, channel, { params, view, pace } = {}) {
      const own = byConnection.get(connection) ?? [];
      const earlier = ownOn(own, channel.name);
      const readers = byChannel.get(channel.name);
      const subscription: Subscription = {
        connection,
        channel: readers?.list[0]?.channel ?? channel, // readers share one ref and one name
        params,
        view,
        pace,
        stage: { is: "joining", held: [] },
        place: 0,
      };
      const { name } = subscription.channel;
      byConnection.set(connection, withOwn(own, subscription));
      const all = readers ?? noReaders();
      if (!readers) byChannel.set(name, all);
      addReader(all, subscription);
      size += 1;
      if (earlier) drop(earlier); // after the new one is in, so interest never lapses
      if (!readers) onInterest(name, true);
      return subscription;
    },
    remove(connection, channel) {
      const own = byConnection.get(connection);
      const subscription = ownOn(own, channel);
      if (!own || !subscription) return undefined;
      withoutOwn(own, channel);
      if (countOf(own) === 0) byConnection.delete(connection);
      drop(subscription);
      return subscription;
    },
    removeAll(connection) {
      const own = [...(byConnection.get(connection)?.values() ?? [])];
      byConnection.delete(connection);
      for (const subscription of own) drop(subscription);
      return own;
    },
    get: (connection, channel) => ownOn(byConnection.get(connection), channel),
    on: (channel) => [...(byChannel.get(channel)?.list ?? [])],
    readers: (channel) => byChannel.get(channel),
    of: (connection) => byConnection.get(connection)?.values() ?? [],
    count: (connection) => countOf(byConnection.get(connection)),
    hasSubscribers: (channel) => byChannel.has(channel),
    activeChannels: () => byChannel.keys(),
  };
  return manager;
}
