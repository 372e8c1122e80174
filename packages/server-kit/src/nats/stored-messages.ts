import { NatsTimeoutError } from "./errors.js";
import { type ChannelMessage, textMessage } from "./message.js";
import type { Nats } from "./open-nats.js";

/** A message of a stream. */
export interface Stored {
  readonly seq: number;
  readonly message: ChannelMessage;
}

/** Reads the messages of one subject. */
export interface StoredMessages {
  /** The newest one, as the server that leads the stream knows it. */
  newest(subject: string): Promise<Stored | undefined>;
  /** Those from `from` on up to `newest`, in order; messages that are gone are left out. */
  upTo(subject: string, from: number, newest: Stored): Promise<readonly Stored[]>;
}

/** So many messages are asked for one by one, from the newest back; more are had from a consumer. */
const ONE_BY_ONE = 4;

/** Reads the stream of events. */
export function storedMessages({ js, jsm, link, names, timeoutMs }: Nats): StoredMessages {
  async function get(query: { seq: number } | { last_by_subj: string }) {
    const found = await link.ask(() => jsm.streams.getMessage(names.history, query));
    const message = found ? textMessage(found.string()) : undefined;
    return found && message ? { seq: found.seq, message } : undefined;
  }

  /** Each message names the one before it. */
  async function backTo(from: number, newest: Stored): Promise<readonly Stored[] | undefined> {
    const found = [newest];
    for (let at = newest.message.previous; at >= from && at > 0; ) {
      if (found.length > ONE_BY_ONE) return undefined;
      const one = await get({ seq: at });
      if (!one) return undefined; // deleted, so what is before it has to be looked for
      found.unshift(one);
      at = one.message.previous;
    }
    return found;
  }

  async function consume(subject: string, from: number, to: number): Promise<readonly Stored[]> {
    const consumer = await link.ask(() =>
      js.consumers.getPushConsumer(names.history, {
        filter_subjects: subject,
        deliver_policy: "by_start_sequence",
        opt_start_seq: from,
      }),
    );
    const found: Stored[] = [];
    const messages = await link.ask(() => consumer.consume());
    const late = setTimeout(() => messages.stop(), timeoutMs);
    try {
      for await (const one of messages) {
        const message = textMessage(one.string());
        if (message) found.push({ seq: one.seq, message });
        if (one.seq >= to) return found;
      }
    } finally {
      clearTimeout(late);
      messages.stop();
    }
    throw new NatsTimeoutError(`NATS did not bring a channel within ${timeoutMs} ms`);
  }

  return {
    newest: (subject) => get({ last_by_subj: subject }),
    async upTo(subject, from, newest) {
      return (await backTo(from, newest)) ?? consume(subject, Math.max(1, from), newest.seq);
    },
  };
}
