import {
  type ChannelRef,
  type Duration,
  durationMs,
  MAX_KEY_LENGTH,
  type PayloadInputOf,
  type Position,
} from "@tocsin/protocol";
import type { Broker } from "../store/broker.js";
import type { DedupStore } from "../store/dedup-store.js";
import type { ChannelEvent } from "../store/event.js";
import type { HistoryStore, NewEntry, Once } from "../store/history-store.js";
import { checkedEntry, keepOf } from "./entry.js";
import { InvalidPublishError, PublishFailedError } from "./errors.js";
import { oncePerKey } from "./once-per-key.js";
import type { Published } from "./published.js";

/** How a publish is told from its repeats. */
export interface PublishOptions {
  /** Idempotency key: a second publish with it on the same channel takes no effect within the window. */
  readonly key?: string;
  /** Length of that window. Default `"5m"`. */
  readonly dedupFor?: Duration;
  /** Whose key it is; equal keys of different scopes are different keys. Default: the server's own. */
  readonly scope?: string;
}

/** Validates, claims the key, appends, hands over to the broker; in this order, each step once. */
export interface Publisher {
  /**
   * Publishes one event. Resolves when the history store has it, as safe as that store promises.
   *
   * @throws {@link InvalidPublishError} when the data does not fit the channel.
   * @throws {@link PublishFailedError} when a store could not take it, or did not say so in time.
   */
  publish<Ref extends ChannelRef>(
    channel: Ref,
    data: PayloadInputOf<Ref["def"]>,
    options?: PublishOptions,
  ): Promise<Published>;
  /** Takes one row out of a table. Removing a row that is not there is an event all the same. */
  remove<Ref extends ChannelRef>(channel: Ref, key: string | number): Promise<Published>;
}

/** What a publisher works with. */
export interface PublisherParts {
  readonly history: HistoryStore;
  readonly dedup: DedupStore;
  readonly broker: Broker;
  /** Milliseconds since 1970. */
  now(): number;
  /** A key could not be settled or given back: until its window ends, a repeat is told to try again later. */
  onDedupFailure(error: unknown): void;
  /** An event is stored but the broker would not carry it; readers find it when they recover. */
  onBrokerFailure(error: unknown, event: ChannelEvent): void;
}

const DEFAULT_WINDOW_MS = durationMs("5m");

/** A publisher on top of a history store, a dedup store and a broker. */
export function createPublisher(parts: PublisherParts): Publisher {
  const { history } = parts;
  const oneByOne = oncePerKey(parts.dedup, parts.onDedupFailure);

  const carry = (channel: ChannelRef, entry: NewEntry, position: Position): void => {
    const { epoch, offset } = position;
    const { name, mode } = channel;
    const event: ChannelEvent = { ...entry, epoch, offset, channel: name, mode };
    // Not awaited on purpose: the event is safe, and the reply must not wait for every other node.
    parts.broker.publish(event).catch((error) => parts.onBrokerFailure(error, event));
  };

  const append = async (channel: ChannelRef, entry: NewEntry): Promise<Position> => {
    const keep = keepOf(channel);
    const position = keep
      ? await stored(channel, () => history.append(channel.name, entry, keep))
      : { epoch: "signal", offset: 0 };
    carry(channel, entry, position);
    return position;
  };

  const appendOnce = async (
    channel: ChannelRef,
    entry: NewEntry,
    once: Once,
  ): Promise<Published> => {
    const keep = keepOf(channel);
    if (!keep || !history.appendOnce) {
      return oneByOne(once.key, once.ttlMs, () => append(channel, entry));
    }
    const inOneStep = history.appendOnce.bind(history, channel.name, entry, keep, once);
    const published = await stored(channel, inOneStep);
    if (!published.duplicate) carry(channel, entry, published);
    return published;
  };

  return {
    async publish(channel, data, { key, dedupFor, scope } = {}) {
      const entry = checkedEntry(channel, data, parts.now());
      if (key === undefined) return { ...(await append(channel, entry)), duplicate: false };
      if (key.length === 0 || key.length > MAX_KEY_LENGTH) {
        throw new InvalidPublishError(channel.name, {
          field: "key",
          message: `must be 1 to ${MAX_KEY_LENGTH} characters long`,
        });
      }
      const ttlMs = dedupFor === undefined ? DEFAULT_WINDOW_MS : durationMs(dedupFor);
      const owner = scope === undefined ? "server" : `user ${encodeURIComponent(scope)}`;
      return appendOnce(channel, entry, { key: `${channel.name} ${owner} ${key}`, ttlMs });
    },
    async remove(channel, key) {
      if (channel.mode !== "table") {
        throw new InvalidPublishError(channel.name, {
          field: "channel",
          message: `rows can be removed from a table only, and this is a ${channel.mode}`,
        });
      }
      const entry = { data: null, key: String(key), removed: true, timestamp: parts.now() };
      return { ...(await append(channel, entry)), duplicate: false };
    },
  };
}

async function stored<T>(channel: ChannelRef, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new PublishFailedError(`publish to "${channel.name}": the history store refused it`, {
      cause,
    });
  }
}
