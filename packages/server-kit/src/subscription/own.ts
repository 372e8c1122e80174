import type { Subscription } from "./subscription.js";

/**
 * The subscriptions of one connection by channel, in the order they came. Most connections have a few, and there are
 * tens of thousands of connections: a list is a fifth of a map, and as fast for so many.
 */
export type Own = Subscription[] | Map<string, Subscription>;

/** Above this a list is made a map. */
const FEW = 16;

/** The subscription to a channel. */
export function ownOn(own: Own | undefined, channel: string): Subscription | undefined {
  if (!Array.isArray(own)) return own?.get(channel);
  for (const subscription of own) if (subscription.channel.name === channel) return subscription;
  return undefined;
}

/** Puts a subscription in, in the place of one to the same channel. Go on with what is returned. */
export function withOwn(own: Own, subscription: Subscription): Own {
  const { name } = subscription.channel;
  if (!Array.isArray(own)) return own.set(name, subscription);
  const place = own.findIndex(({ channel }) => channel.name === name);
  if (place >= 0) own[place] = subscription;
  else if (own.length < FEW) own.push(subscription);
  else return new Map([...own, subscription].map((one) => [one.channel.name, one]));
  return own;
}

/** Takes the subscription to a channel out. */
export function withoutOwn(own: Own, channel: string): void {
  if (!Array.isArray(own)) {
    own.delete(channel);
    return;
  }
  const place = own.findIndex((one) => one.channel.name === channel);
  if (place >= 0) own.splice(place, 1);
}

/** How many there are. */
export function countOf(own: Own | undefined): number {
  if (own === undefined) return 0;
  return Array.isArray(own) ? own.length : own.size;
}
