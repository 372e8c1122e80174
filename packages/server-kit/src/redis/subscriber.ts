import { type Clock, systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import type { BrokerState } from "../store/broker.js";
import { explained, RedisTimeoutError, RedisUnavailableError } from "./errors.js";

/** Told of each message of a channel. */
export type MessageListener = (message: string) => void;

/** Receives what is published to sharded Pub/Sub channels, and goes on after its connections were lost. */
export interface RedisSubscriber {
  /** Resolves when what is published from then on will arrive. Asking a second time changes nothing. */
  subscribe(channel: string, listener: MessageListener): Promise<void>;
  /** No message of the channel reaches its listener after this was called. */
  unsubscribe(channel: string): Promise<void>;
  /** Sets who hears of every change of state; returns how to take it back. */
  onState(listener: (state: BrokerState) => void): () => void;
  /** Ends it; twice is harmless. */
  close(): void;
}

/** The least that is asked of a connection to one server. What `createClient` of `redis` makes fits. */
export interface ReceivingClient {
  /** Connects; called once. */
  connect(): Promise<unknown>;
  /** Asks for a channel. */
  sSubscribe(channel: string, listener: MessageListener): Promise<unknown>;
  /** Asks no more for it. */
  sUnsubscribe(channel: string, listener: MessageListener): Promise<unknown>;
  /** Says `"error"` and `"end"` when it is lost, and `"sharded-channel-moved"` with the channel that went elsewhere. */
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  /** Ends it at once; twice is harmless. */
  destroy(): void;
}

/** The server a channel's messages come from. */
export interface Home {
  readonly address: string;
  /** Makes a connection that does not come back by itself when it is lost. */
  open(): ReceivingClient;
}

/** Finds servers. */
export interface Homes {
  /** Where a channel is. `again` says that the last answer did not work. */
  locate(channel: string, again: boolean): Promise<Home>;
}

/** What a subscriber works with. */
export interface SubscriberParts {
  readonly homes: Homes;
  /** After so many milliseconds a subscribe is given up. */
  readonly timeoutMs: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A connection to one server. */
interface Link {
  readonly client: ReceivingClient;
  readonly ready: Promise<unknown>;
  readonly channels: Set<string>;
  lost: boolean;
}

/** A channel somebody wants, and the connection it was asked for on, if there is one. */
interface Wanted {
  readonly receive: MessageListener;
  asked: { readonly link: Link; readonly done: Promise<unknown> } | undefined;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** So many channels are asked for at a time after a connection was lost. */
const AT_A_TIME = 200;

/**
 * Makes a subscriber: one connection for each server that has a channel somebody wants. A connection that is lost
 * takes its channels with it, and they are looked for until each is found again, on whatever server it is then.
 */
export function createSubscriber(parts: SubscriberParts): RedisSubscriber {
  const { homes, timeoutMs, clock = systemClock, logger = silentLogger } = parts;
  const wanted = new Map<string, Wanted>();
  const links = new Map<string, Link>();
  let tell: ((state: BrokerState) => void) | undefined;
  let restoring = false;
  let closed = false;

  function lose(address: string, link: Link, error: unknown): void {
    if (link.lost) return;
    link.lost = true;
    if (links.get(address) === link) links.delete(address);
    link.client.destroy();
    for (const channel of link.channels) abandon(channel, link);
    if (closed || link.channels.size === 0) return;
    logger.warn({ err: error, address }, "lost a Redis subscription; looking for it");
    restoreSoon(error);
  }

  function abandon(channel: string, link: Link): void {
    const entry = wanted.get(channel);
    if (entry?.asked?.link === link) entry.asked = undefined;
  }

  function linkTo({ address, open }: Home): Link {
    const known = links.get(address);
    if (known) return known;
    const client = open();
    const link: Link = { client, ready: client.connect(), channels: new Set(), lost: false };
    links.set(address, link);
    link.ready.catch((error) => lose(address, link, error));
    client.on("error", (error: unknown) => lose(address, link, error));
    client.on("end", () => lose(address, link, new RedisUnavailableError("the connection ended")));
    client.on("sharded-channel-moved", (moved) => {
      const channel = String(moved);
      link.channels.delete(channel);
      abandon(channel, link);
      if (wanted.has(channel)) restoreSoon(new RedisUnavailableError(`${channel} has moved`));
    });
    return link;
  }

  async function place(channel: string, entry: Wanted, again: boolean): Promise<void> {
    const link = linkTo(await within(clock, timeoutMs, homes.locate(channel, again)));
    await link.ready;
    if (closed || wanted.get(channel) !== entry) return;
    entry.asked ??= ask(channel, entry, link);
    await entry.asked.done;
    // Nobody wants it any more: whoever said so came before there was anything to take back.
    if (wanted.get(channel) !== entry) await link.client.sUnsubscribe(channel, entry.receive);
  }

  function ask(channel: string, entry: Wanted, link: Link) {
    link.channels.add(channel); // at once: if the connection is lost before it answers, the channel is lost with it
    const done = link.client.sSubscribe(channel, entry.receive);
    done.catch(() => {
      link.channels.delete(channel);
      if (entry.asked?.link === link) entry.asked = undefined;
    });
    return { link, done };
  }

  const homeless = () => [...wanted].filter(([, { asked }]) => asked === undefined);

  function restoreSoon(error: unknown): void {
    if (restoring || closed) return;
    restoring = true;
    tell?.({ is: "down", error });
    restore(FIRST_WAIT_MS);
  }

  function restore(waitMs: number): void {
    clock.after(waitMs, () => {
      placeAll().then(
        () => {
          restoring = false;
          if (!closed) tell?.({ is: "up" });
        },
        (error) => {
          logger.debug({ err: error }, "a Redis subscription is still missing");
          if (!closed) restore(Math.min(LONGEST_WAIT_MS, waitMs * 2));
        },
      );
    });
  }

  async function placeAll(): Promise<void> {
    for (let some = homeless(); some.length > 0 && !closed; some = homeless()) {
      const part = some.slice(0, AT_A_TIME);
      await Promise.all(part.map(([channel, entry]) => place(channel, entry, true)));
    }
  }

  return {
    async subscribe(channel, listener) {
      if (closed) throw new RedisUnavailableError("the Redis connection is closed");
      const known = wanted.get(channel);
      const entry: Wanted = known ?? {
        receive(message) {
          if (wanted.get(channel) === entry) listener(message);
        },
        asked: undefined,
      };
      wanted.set(channel, entry);
      // A second try, for the channel may have moved since its server was last looked up.
      const placed = place(channel, entry, false).catch(() => place(channel, entry, true));
      try {
        await within(clock, timeoutMs, placed);
      } catch (error) {
        if (!known && wanted.get(channel) === entry) wanted.delete(channel);
        throw error instanceof RedisTimeoutError ? error : explained(error);
      }
    },
    async unsubscribe(channel) {
      const entry = wanted.get(channel);
      wanted.delete(channel);
      if (!entry?.asked) return;
      const { link } = entry.asked;
      link.channels.delete(channel);
      // When this fails the connection is lost, and the interest with it.
      await link.client.sUnsubscribe(channel, entry.receive).catch(() => {});
    },
    onState(listener) {
      tell = listener;
      return () => {
        if (tell === listener) tell = undefined;
      };
    },
    close() {
      closed = true;
      wanted.clear();
      for (const [address, link] of links) lose(address, link, undefined);
    },
  };
}

function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () =>
      reject(new RedisTimeoutError(`Redis did not take a subscription within ${ms} ms`)),
    );
    work.then(resolve, reject).finally(cancel);
  });
}
