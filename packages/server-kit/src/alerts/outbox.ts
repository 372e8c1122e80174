import type { Duration } from "@tocsin/protocol";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { type Clock, systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import type { AlertStore } from "./alert-store.js";

/** The least an outbox needs of a hub: publishing twice with one `key` within `dedupFor` is one event. */
export interface AlertPublisher<Ref> {
  publish(
    ref: Ref,
    data: AlertNotification,
    options: { readonly key: string; readonly dedupFor: Duration },
  ): Promise<unknown>;
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
/** A process that crashed may be started again days later, and must not tell of the same alert again. */
const DEDUP_FOR = "7d";

/**
 * Creates the outbox of a store. The notifications of one user go out in the order of `seq`: one that fails
 * holds back this user's later ones, and nobody else's, until the next attempt.
 *
 * A crash after publishing and before marking publishes again, under the same key: with a dedup store that
 * survives the crash, the hub answers `duplicate` and nobody is told twice.
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

  async function handOn(notification: AlertNotification): Promise<boolean> {
    try {
      const { id, userId } = notification;
      await publisher.publish(channel(userId), notification, { key: id, dedupFor: DEDUP_FOR });
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
