import { type Clock, systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import type { Broker, BrokerState, EventListener } from "../store/broker.js";
import { BrokerClosedError } from "../store/broker-memory.js";
import type { DedupStore } from "../store/dedup-store.js";
import type { HistoryStore } from "../store/history-store.js";
import type { PresenceStore } from "../store/presence-store.js";
import { createCalling } from "./calling.js";
import { PrimaryUnavailableError } from "./errors.js";
import { type Link, linkOf } from "./link.js";
import { isOurs, type PrimaryMessage } from "./messages.js";

/** Settings of {@link clusterStores}. */
export interface ClusterStoresOptions {
  /** A call without an answer is given up after so many milliseconds. Default 2,000. */
  readonly timeoutMs?: number;
  /**
   * Whether the history of the primary is used: it announces what it stores, and the broker then carries signals only.
   * Say `false` where the history is kept elsewhere. Default: yes.
   */
  readonly announced?: boolean;
  /** Told of listeners that throw. Default: silent. */
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/** Everything the hub of a worker shares with those of the others. Give it to `createHub` as it is. */
export interface ClusterStores {
  readonly history: HistoryStore;
  readonly dedup: DedupStore;
  readonly presence: PresenceStore;
  readonly broker: Broker & Required<Pick<Broker, "onState">>;
}

/**
 * Call in a worker of `node:cluster`, once. What it makes is kept by the primary, which must have called
 * `clusterPrimary`.
 *
 * @throws PrimaryUnavailableError when this process is no worker.
 * @throws PrimaryTimeoutError when the primary does not answer.
 */
export function clusterStores(options: ClusterStoresOptions = {}): Promise<ClusterStores> {
  if (!process.send) {
    throw new PrimaryUnavailableError("this process is no worker; fork it with node:cluster");
  }
  return storesOver(
    linkOf(process, () => process.connected),
    options,
  );
}

/** The same over any line. */
export async function storesOver(
  link: Link,
  {
    timeoutMs = 2_000,
    announced = true,
    logger = silentLogger,
    clock = systemClock,
  }: ClusterStoresOptions,
): Promise<ClusterStores> {
  const calling = createCalling(link, clock, timeoutMs);
  const { call } = calling;
  const wanted = new Set<string>();
  let listener: EventListener | undefined;
  let tell: ((state: BrokerState) => void) | undefined;
  let closed = false;

  link.onMessage((message) => {
    if (isOurs(message)) take(message as PrimaryMessage); // from a process of our own
  });
  link.onEnd(() => {
    calling.end();
    tell?.({ is: "down", error: new PrimaryUnavailableError("the primary process is gone") });
  });

  function take(message: PrimaryMessage): void {
    switch (message.tocsin) {
      case "event":
        return receive(message.event);
      case "lost":
        tell?.({ is: "down", error: new PrimaryUnavailableError("this process was too slow") });
        tell?.({ is: "up" });
        return;
      case "result":
      case "failure":
        return calling.take(message);
      default:
        return message satisfies never;
    }
  }

  function receive(event: Parameters<EventListener>[0]): void {
    const { channel, offset } = event;
    if (!wanted.has(channel)) return; // given up while the event was on its way
    try {
      listener?.(event);
    } catch (error) {
      logger.error({ err: error, channel, offset }, "a listener of the broker threw");
    }
  }

  function mustBeOpen(): void {
    if (!closed) return;
    throw new BrokerClosedError(
      "the broker is closed; publish and subscribe before disposing of it",
    );
  }

  const { durability, hasAppendOnce, presenceTtlMs } = await call("hello");
  const close = async () => {};
  return {
    history: {
      durability,
      append: (...args) => call("append", ...args),
      ...(hasAppendOnce && { appendOnce: (...args) => call("appendOnce", ...args) }),
      read: (channel, query = {}) => call("read", channel, query),
      [Symbol.asyncDispose]: close,
    },
    dedup: {
      claim: (...args) => call("claim", ...args),
      settle: (...args) => call("settle", ...args),
      release: (...args) => call("release", ...args),
      [Symbol.asyncDispose]: close,
    },
    presence: {
      ttlMs: presenceTtlMs,
      join: (...args) => call("join", ...args),
      leave: (...args) => call("leave", ...args),
      members: (...args) => call("members", ...args),
      [Symbol.asyncDispose]: close,
    },
    broker: {
      async publish(event) {
        mustBeOpen();
        if (!announced || event.mode === "signal") await call("publish", event);
      },
      async subscribe(channel) {
        mustBeOpen();
        wanted.add(channel);
        await call("want", channel);
      },
      async unsubscribe(channel) {
        if (wanted.delete(channel)) await call("unwant", channel);
      },
      onEvent(next) {
        listener = next;
        return () => {
          if (listener === next) listener = undefined;
        };
      },
      onState(next) {
        tell = next;
        return () => {
          if (tell === next) tell = undefined;
        };
      },
      async [Symbol.asyncDispose]() {
        closed = true;
        listener = undefined;
        const channels = [...wanted];
        wanted.clear();
        await Promise.allSettled(channels.map((channel) => call("unwant", channel)));
      },
    },
  };
}
