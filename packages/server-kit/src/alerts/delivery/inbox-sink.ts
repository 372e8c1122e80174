import { type AlertNotification, alertNotification } from "@tocsin/protocol/alerts";
import type { AlertSink } from "./sink.js";
import { INBOX } from "./write-deliveries.js";

/** The parts of a hub that are used; a `Hub` fits as it is. */
export interface InboxHub<Ref> {
  /** Publishes one event; twice with one `key` within `dedupFor` is once. */
  publish(
    ref: Ref,
    data: AlertNotification,
    options: { readonly key: string; readonly dedupFor: "60m" },
  ): Promise<unknown>;
  /** Reads the newest events a channel keeps. */
  read(
    ref: Ref,
    query: { readonly newest: true; readonly limit: number },
  ): Promise<{ readonly entries: readonly { readonly data: unknown }[] }>;
}

/** Settings of {@link inboxSink}. */
export interface InboxSinkOptions<Ref> {
  readonly hub: InboxHub<Ref>;
  /** The inbox channel of a user, as in `(userId) => market.alerts({ userId })`. */
  readonly channel: (userId: string) => Ref;
}

/** As many as an inbox is usually told to keep; only the last few can have been left unmarked by a crash. */
const LOOK_BACK = 1_000;

/** How many go out to one user before they are noted as delivered. */
const BATCH = 50;

const identified = alertNotification.pick({ id: true, revision: true });
const nameOf = ({ id, revision }: { readonly id: string; readonly revision: number }) =>
  `${revision} ${id}`;

/**
 * Publishes every revision on the inbox channel of its user. After a crash that left open whether something went
 * out, it looks into the channel first: with a history that survives the crash nobody is told twice.
 */
export function inboxSink<Ref>({ hub, channel }: InboxSinkOptions<Ref>): AlertSink {
  /** What the inbox of the last few users held that a crash interrupted; few, for an inbox may be long. */
  const held = new Map<string, Promise<ReadonlySet<string>>>();

  async function isHeld(userId: string, notification: AlertNotification): Promise<boolean> {
    const known = held.get(userId) ?? readHeld(userId);
    held.set(userId, known);
    for (const [other] of held) if (held.size > 8 && other !== userId) held.delete(other);
    try {
      const found = (await known).has(nameOf(notification));
      if (!found) held.delete(userId); // they are in order: what follows is not there either
      return found;
    } catch (error) {
      held.delete(userId);
      throw error;
    }
  }

  async function readHeld(userId: string): Promise<ReadonlySet<string>> {
    const { entries } = await hub.read(channel(userId), { newest: true, limit: LOOK_BACK });
    return new Set(
      entries.flatMap(({ data }) => {
        const { data: found } = identified.safeParse(data);
        return found ? [nameOf(found)] : [];
      }),
    );
  }

  return {
    name: INBOX,
    batch: BATCH,
    retry: { maxMs: 5_000 },
    async deliver({ id, notification, recipient, interrupted }) {
      if (interrupted && (await isHeld(recipient, notification))) return;
      await hub.publish(channel(recipient), notification, { key: id, dedupFor: "60m" });
    },
  };
}
