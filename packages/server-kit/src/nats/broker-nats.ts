import { type Logger, silentLogger } from "../logger.js";
import type { Broker, BrokerState, EventListener } from "../store/broker.js";
import { BrokerClosedError } from "../store/broker-memory.js";
import { entryText } from "../store/event-text.js";
import { explained, NatsRefusedError } from "./errors.js";
import { messageEvents, messageText, textMessage } from "./message.js";
import type { Nats } from "./open-nats.js";

/** Settings of {@link natsBroker}. */
export interface NatsBrokerOptions {
  /**
   * Whether `natsHistoryStore` keeps the history under the same prefix. The server then hands over what it stores by
   * itself, and `publish` carries signals only. Default: no.
   */
  readonly announced?: boolean;
  /** Told of listeners that throw and of messages that are no events. Default: silent. */
  readonly logger?: Logger;
}

/** A broker that says how its connection stands. */
export type NatsBroker = Broker & Required<Pick<Broker, "onState">>;

/** Ends a subscription. */
interface Wanted {
  unsubscribe(): void;
}

/**
 * Carries events on core NATS, a subject for each channel: a node hears of the channels it asked for and of no others.
 * What is published while a node is not connected is lost to it, and stays in the history. Whoever made the connection
 * closes it.
 */
export function natsBroker(
  { connection, names, link }: Pick<Nats, "connection" | "names" | "link">,
  { announced = false, logger = silentLogger }: NatsBrokerOptions = {},
): NatsBroker {
  const wanted = new Map<string, Wanted>();
  let listener: EventListener | undefined;
  let stopListening: (() => void) | undefined;
  let flushing: Promise<void> | undefined;
  let closed = false;

  function receive(channel: string, text: string): void {
    const message = textMessage(text);
    if (!message) {
      logger.warn({ channel }, "a message on a channel of the broker is no event");
      return;
    }
    for (const event of messageEvents(channel, message)) {
      try {
        listener?.(event);
      } catch (error) {
        logger.error(
          { err: error, channel, offset: event.offset },
          "a listener of the broker threw",
        );
      }
    }
  }

  function mustBeOpen(): void {
    if (!closed) return;
    throw new BrokerClosedError(
      "the broker is closed; publish and subscribe before disposing of it",
    );
  }

  /** What was written before is with the server when it answers. Those who ask in one turn share the answer. */
  function flush(): Promise<void> {
    flushing ??= Promise.resolve().then(() => {
      flushing = undefined;
      return link.ask(() => connection.flush());
    });
    return flushing;
  }

  return {
    async publish(event) {
      mustBeOpen();
      if (announced && event.mode !== "signal") return;
      const { channel, mode, epoch, offset, ...entry } = event;
      const text = messageText({
        mode,
        epoch,
        offset,
        complete: 0,
        ttlMs: 0,
        keys: [],
        previous: 0,
        first: 0,
        entries: [entryText(channel, entry)],
      });
      const most = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
      if (Buffer.byteLength(text) > most) {
        throw new NatsRefusedError(
          `an event of channel "${channel}" is longer than ${most} bytes; raise max_payload`,
        );
      }
      link.mustBeUp();
      try {
        connection.publish(names.announced(channel), text);
      } catch (error) {
        throw explained(error);
      }
      await flush();
    },
    async subscribe(channel) {
      mustBeOpen();
      link.mustBeUp();
      const known = wanted.has(channel);
      if (!known) {
        const subscription = connection.subscribe(names.announced(channel), {
          callback: (error, message) => {
            if (error) logger.warn({ err: error, channel }, "a subscription of the broker failed");
            else if (wanted.get(channel) === subscription) receive(channel, message.string());
          },
        });
        wanted.set(channel, subscription);
      }
      try {
        await flush();
      } catch (error) {
        if (!known) {
          wanted.get(channel)?.unsubscribe();
          wanted.delete(channel);
        }
        throw error;
      }
    },
    async unsubscribe(channel) {
      wanted.get(channel)?.unsubscribe();
      wanted.delete(channel);
    },
    onEvent(next) {
      listener = next;
      return () => {
        if (listener === next) listener = undefined;
      };
    },
    onState(next: (state: BrokerState) => void) {
      stopListening?.();
      const stop = link.onState(next);
      stopListening = stop;
      return stop;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      listener = undefined;
      stopListening?.();
      if (!connection.isClosed()) for (const one of wanted.values()) one.unsubscribe();
      wanted.clear();
    },
  } satisfies NatsBroker;
}
