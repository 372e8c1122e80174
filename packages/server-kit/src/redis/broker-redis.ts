import { type Logger, silentLogger } from "../logger.js";
import type { Broker, BrokerState, EventListener } from "../store/broker.js";
import { BrokerClosedError } from "../store/broker-memory.js";
import { eventText, textEvent } from "../store/event-text.js";
import { redisKeys } from "./keys.js";
import { LETS_GO } from "./lua.js";
import { type RedisScripts, type RedisTimeout, script } from "./scripts.js";
import type { RedisSubscriber } from "./subscriber.js";

/** Settings of {@link redisBroker}. */
export interface RedisBrokerOptions extends RedisTimeout {
  /**
   * Whether the history store hands over what it stores by itself, because it has the same prefix and `announce`.
   * `publish` then carries signals only. Default: no.
   */
  readonly announced?: boolean;
  /** What every Pub/Sub channel begins with. Default `"tocsin"`. */
  readonly prefix?: string;
  /** Told of listeners that throw and of messages that are no events. Default: silent. */
  readonly logger?: Logger;
}

/** A broker that says how its connection stands. */
export type RedisBroker = Broker & Required<Pick<Broker, "onState">>;

const PUBLISH = `${LETS_GO}return redis.call('SPUBLISH', KEYS[1], ARGV[1])`;

/**
 * Carries events through sharded Pub/Sub of Redis 7: a node hears of the channels it asked for and of no others.
 * Pub/Sub forgets: what is published while a node is not connected is lost to it, and stays in the history.
 * Whoever opened the client and the subscriber closes them.
 */
export function redisBroker(
  { client, subscriber }: { readonly client: RedisScripts; readonly subscriber: RedisSubscriber },
  { announced = false, prefix, timeoutMs, logger = silentLogger }: RedisBrokerOptions = {},
): RedisBroker {
  const keys = redisKeys(prefix);
  const publish = script(client, PUBLISH, timeoutMs === undefined ? {} : { timeoutMs });
  const wanted = new Set<string>();
  let listener: EventListener | undefined;
  let closed = false;

  function receive(channel: string, message: string): void {
    const event = textEvent(channel, message);
    if (!event) {
      logger.warn({ channel }, "a message on a channel of the broker is no event");
      return;
    }
    try {
      listener?.(event);
    } catch (error) {
      logger.error({ err: error, channel, offset: event.offset }, "a listener of the broker threw");
    }
  }

  function mustBeOpen(): void {
    if (!closed) return;
    throw new BrokerClosedError(
      "the broker is closed; publish and subscribe before disposing of it",
    );
  }

  return {
    async publish(event) {
      mustBeOpen();
      if (announced && event.mode !== "signal") return;
      await publish([keys.ofChannel(event.channel, "events")], [eventText(event)]);
    },
    async subscribe(channel) {
      mustBeOpen();
      wanted.add(channel);
      await subscriber.subscribe(keys.ofChannel(channel, "events"), (message) =>
        receive(channel, message),
      );
    },
    async unsubscribe(channel) {
      if (wanted.delete(channel)) await subscriber.unsubscribe(keys.ofChannel(channel, "events"));
    },
    onEvent(next) {
      listener = next;
      return () => {
        if (listener === next) listener = undefined;
      };
    },
    onState: (next: (state: BrokerState) => void) => subscriber.onState(next),
    async [Symbol.asyncDispose]() {
      closed = true;
      listener = undefined;
      const channels = [...wanted];
      wanted.clear();
      await Promise.all(
        channels.map((channel) => subscriber.unsubscribe(keys.ofChannel(channel, "events"))),
      );
    },
  } satisfies RedisBroker;
}
