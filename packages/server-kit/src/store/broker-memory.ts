import { TocsinError } from "@tocsin/protocol";
import { type Logger, silentLogger } from "../logger.js";
import type { Broker, EventListener } from "./broker.js";
import type { ChannelEvent } from "./event.js";

/** A broker that was closed is asked to publish or to subscribe. */
export class BrokerClosedError extends TocsinError {
  override name = "BrokerClosedError";
}

/** Connects the memory brokers of one process, so that several hubs can act as several nodes. */
export interface MemoryNetwork {
  /** Hands an event to every reader its channel has now. */
  publish(event: ChannelEvent): void;
  /** Adds a reader to a channel; returns how to take it away. A reader must not throw. */
  subscribe(channel: string, reader: EventListener): () => void;
}

/** Settings of {@link memoryBroker}. */
export interface MemoryBrokerOptions {
  /** What it is connected to. Default: nothing but itself. */
  readonly network?: MemoryNetwork;
  /** Told of listeners that throw. Default: silent. */
  readonly logger?: Logger;
}

/** Makes a network for {@link memoryBroker}. Each event reaches every reader before the next event reaches any. */
export function createMemoryNetwork(): MemoryNetwork {
  // A list is replaced, never changed, so an event in flight keeps the readers it had when it was published.
  const channels = new Map<string, readonly EventListener[]>();
  const waiting: { event: ChannelEvent; readers: readonly EventListener[] }[] = [];
  let delivering = false;

  function deliverWaiting(): void {
    if (delivering) return; // published by a reader: it waits until all have seen the event before it
    delivering = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      for (const reader of next.readers) reader(next.event);
    }
    delivering = false;
  }

  return {
    publish(event) {
      const readers = channels.get(event.channel);
      if (!readers) return;
      waiting.push({ event, readers });
      deliverWaiting();
    },
    subscribe(channel, reader) {
      channels.set(channel, [...(channels.get(channel) ?? []), reader]);
      return () => {
        const others = (channels.get(channel) ?? []).filter((other) => other !== reader);
        if (others.length > 0) channels.set(channel, others);
        else channels.delete(channel);
      };
    },
  };
}

/**
 * Carries events within this process. `publish` has delivered when it resolves. A listener that throws is logged
 * and hinders neither the publisher nor the other nodes.
 */
export function memoryBroker({
  network = createMemoryNetwork(),
  logger = silentLogger,
}: MemoryBrokerOptions = {}): Broker {
  const leave = new Map<string, () => void>();
  let listener: EventListener | undefined;
  let closed = false;

  function receive(event: ChannelEvent): void {
    const { channel, offset } = event;
    if (!leave.has(channel)) return; // left while the event was on its way
    try {
      listener?.(event);
    } catch (error) {
      logger.error({ err: error, channel, offset }, "a listener of the broker threw");
    }
  }

  function mustBeOpen(): void {
    if (closed) {
      throw new BrokerClosedError(
        "the broker is closed; publish and subscribe before disposing of it",
      );
    }
  }

  return {
    async publish(event) {
      mustBeOpen();
      network.publish(event);
    },
    async subscribe(channel) {
      mustBeOpen();
      if (!leave.has(channel)) leave.set(channel, network.subscribe(channel, receive));
    },
    async unsubscribe(channel) {
      leave.get(channel)?.();
      leave.delete(channel);
    },
    onEvent(next) {
      listener = next;
      return () => {
        if (listener === next) listener = undefined;
      };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      listener = undefined;
      for (const stop of leave.values()) stop();
      leave.clear();
    },
  } satisfies Broker;
}
