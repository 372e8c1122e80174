import { type Logger, silentLogger } from "../logger.js";
import { createBatches } from "../store/batches.js";
import type { Broker, EventListener } from "../store/broker.js";
import { BrokerClosedError } from "../store/broker-memory.js";
import { eventText, textEvent } from "../store/event-text.js";
import { PostgresUnavailableError } from "./errors.js";
import { createListener } from "./listener.js";
import { topicOf } from "./names.js";
import type { Postgres } from "./open-postgres.js";

/** Settings of {@link postgresBroker}. */
export interface PostgresBrokerOptions {
  /** Most events that wait for the ones before them; what is above is refused. Default 10,000. */
  readonly maxPending?: number;
  /** Told of lost connections, listeners that throw and messages that are no events. Default: silent. */
  readonly logger?: Logger;
}

/** A broker that says how its connection stands. */
export type PostgresBroker = Broker & Required<Pick<Broker, "onState">>;

interface Message {
  readonly topic: string;
  readonly body: string;
}

const MOST_TOGETHER = 100;
const MOST_BYTES_TOGETHER = 1024 * 1024;

/**
 * Carries events with `NOTIFY`, for a few nodes on a database that is there anyway: a node hears of the channels it
 * asked for and of no others. An event too long for `NOTIFY` lies in a table for a moment, and a reference to it
 * travels.
 *
 * What is announced while a node's connection is away is lost to it, and stays in the history. The broker keeps one
 * connection of the pool for itself, and gives it back when it is disposed of.
 */
export function postgresBroker(
  { pool, query, schema, timeoutMs }: Postgres,
  { maxPending = 10_000, logger = silentLogger }: PostgresBrokerOptions = {},
): PostgresBroker {
  const channels = new Map<string, string>(); // topic to channel
  const fetching = new Map<string, Promise<void>>(); // by topic, while a body is on its way
  let listener: EventListener | undefined;
  let sent = 0;
  let closed = false;

  const link = createListener({ pool, timeoutMs, logger, receive: arrive });

  const outgoing = createBatches<Message, void>({
    fits: (before, { body }) =>
      before.length < MOST_TOGETHER &&
      before.reduce((sum, message) => sum + message.body.length, body.length) <=
        MOST_BYTES_TOGETHER,
    maxWaiting: maxPending,
    full: () =>
      new PostgresUnavailableError(
        `${maxPending} events wait already; PostgreSQL does not keep up`,
      ),
    async run(_, messages) {
      // NOTIFY makes one of two that are equal; the number keeps them apart. And it makes commits wait for each
      // other: these need not wait for the disk as well, for what they say is stored elsewhere.
      await query(
        `SELECT set_config('synchronous_commit', 'off', true), ${schema}.announce(m.topic, m.head, m.body)
         FROM unnest($1::text[], $2::text[], $3::text[]) AS m (topic, head, body)`,
        [
          messages.map(({ topic }) => topic),
          messages.map((_message, index) => (sent + index).toString(36)),
          messages.map(({ body }) => body),
        ],
      );
      sent += messages.length;
      return messages.map(() => undefined);
    },
  });

  function arrive(topic: string, payload: string): void {
    const [, kind, rest = ""] = /^[0-9a-z]+([=@])(.*)$/s.exec(payload) ?? [];
    const before = fetching.get(topic);
    if (kind === "@" || before) {
      // What comes after a body that is on its way waits for it: events do not overtake each other here.
      const done = (before ?? Promise.resolve()).then(() =>
        kind === "@" ? fetchBody(topic, rest) : receive(topic, rest),
      );
      fetching.set(topic, done);
      void done.finally(() => {
        if (fetching.get(topic) === done) fetching.delete(topic);
      });
      return;
    }
    receive(topic, rest);
  }

  async function fetchBody(topic: string, place: string): Promise<void> {
    try {
      const [row] = await query(`SELECT body FROM ${schema}.payloads WHERE id = $1`, [place]);
      if (row === undefined) throw new PostgresUnavailableError("it came too late to be fetched");
      receive(topic, String(row.body));
    } catch (error) {
      logger.warn({ err: error, channel: channels.get(topic) }, "lost a long event of the broker");
      link.sayLost(error);
    }
  }

  function receive(topic: string, text: string): void {
    const channel = channels.get(topic);
    if (channel === undefined) return;
    const event = textEvent(channel, text);
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
      await outgoing.add("", { topic: topicOf(schema, event.channel), body: eventText(event) });
    },
    async subscribe(channel) {
      mustBeOpen();
      const topic = topicOf(schema, channel);
      channels.set(topic, channel);
      await link.listen(topic);
    },
    async unsubscribe(channel) {
      const topic = topicOf(schema, channel);
      if (channels.delete(topic)) await link.unlisten(topic);
    },
    onEvent(next) {
      listener = next;
      return () => {
        if (listener === next) listener = undefined;
      };
    },
    onState: link.onState,
    async [Symbol.asyncDispose]() {
      closed = true;
      listener = undefined;
      channels.clear();
      link.close();
      await outgoing.settled();
    },
  } satisfies PostgresBroker;
}
