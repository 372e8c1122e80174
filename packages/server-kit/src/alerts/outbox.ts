import type { AlertNotification } from "@tocsin/protocol/alerts";
import { type Clock, systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import type { AlertStore } from "./alert-store.js";

/** The least an outbox needs of whatever carries notifications; {@link hubPublisher} makes one of a hub. */
export interface AlertPublisher<Ref> {
  /** Publishing twice with one `key` is one event. */
  publish(ref: Ref, data: AlertNotification, options: { readonly key: string }): Promise<unknown>;
  /** Ids of the notifications an inbox holds already. Asked after a start, about what a crash left unmarked. */
  held?(ref: Ref): Promise<ReadonlySet<string>>;
}

/** Settings of {@link createOutbox}. */
export interface OutboxOptions<Ref> {
  readonly store: Pick<AlertStore, "unpublished" | "markPublished">;
  readonly publisher: AlertPublisher<Ref>;
  /** The inbox channel of a user, as in `(userId) => market.alerts({ userId })`. */
  readonly channel: (userId: string) => Ref;
  /** How long to wait before trying again what could not be handed on, milliseconds. Default 1,000. */
  readonly retryMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** Hands stored notifications on, from the database: what was stored is published, also after a crash. */
export interface Outbox {
  /** Something may have been stored. Returns at once. */
  wake(): void;
  /** Tries everything stored so far once; resolves with whether all of it was handed on. Never rejects. */
  flush(): Promise<boolean>;
  /** Calls off the next attempt. What was not handed on stays stored; a later outbox hands it on. */
  close(): void;
}

const BATCH = 100;
/**
 * Creates the outbox of a store. The notifications of one user go out in the order of `seq`: one that fails
 * holds back this user's later ones, and nobody else's, until the next attempt.
 *
 * A crash between publishing and marking leaves a notification that may or may not have gone out. After a start
 * the outbox looks into the inbox: with a history that survives the crash nobody is told twice.
 */
export function createOutbox<Ref>({
  store,
  publisher,
  channel,
  retryMs = 1_000,
  clock = systemClock,
  logger = silentLogger,
}: OutboxOptions<Ref>): Outbox {
  let round: Promise<boolean> | undefined;
  let next: Promise<boolean> | undefined;
  let closed = false;
  let cancelRetry: () => void = () => {};
  /** What inboxes hold from an earlier process; gone once everything left behind was handed on. */
  let before: Map<string, ReadonlySet<string>> | undefined = new Map();

  async function isHeld({ id, userId }: AlertNotification): Promise<boolean> {
    if (!before) return false;
    const held = before.get(userId) ?? (await publisher.held?.(channel(userId))) ?? new Set();
    before.set(userId, held);
    return held.has(id);
  }

  async function handOn(notification: AlertNotification): Promise<boolean> {
    try {
      const { id, userId } = notification;
      if (!(await isHeld(notification))) {
        await publisher.publish(channel(userId), notification, { key: id });
      }
      await store.markPublished(id, clock.now());
      return true;
    } catch (error) {
      logger.warn({ err: error, notification: notification.id }, "alert not published; will retry");
      return false;
    }
  }

  async function tryAll(): Promise<boolean> {
    const stuck = new Set<string>();
    try {
      for (;;) {
        const batch = await store.unpublished(BATCH, [...stuck]);
        for (const notification of batch) {
          if (stuck.has(notification.userId)) continue;
          if (!(await handOn(notification))) stuck.add(notification.userId);
        }
        if (batch.length < BATCH) return stuck.size === 0;
      }
    } catch (error) {
      logger.error({ err: error }, "cannot read unpublished alerts; will retry");
      return false;
    }
  }

  async function run(): Promise<boolean> {
    cancelRetry();
    const done = await tryAll();
    if (done) before = undefined;
    if (!done && !closed) cancelRetry = clock.after(retryMs, wake);
    return done;
  }

  /** One round at a time. A call during a round gets the next one, which sees what was stored meanwhile. */
  function flush(): Promise<boolean> {
    if (round === undefined) {
      round = run().finally(() => {
        round = undefined;
      });
      return round;
    }
    next ??= round.then(() => {
      next = undefined;
      return flush();
    });
    return next;
  }

  function wake(): void {
    if (!closed) void flush();
  }

  return {
    wake,
    flush,
    close() {
      closed = true;
      cancelRetry();
    },
  };
}
