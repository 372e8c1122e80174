import type { Clock } from "../clock.js";
import type { Connection } from "../connection/connection.js";
import { type EncodedEvent, encodedEvent } from "../connection/encoded-event.js";
import { putEvent, putReady } from "../connection/outbox.js";
import type { ChannelEvent } from "../store/event.js";
import { isNews, type Stage, type Subscription } from "../subscription/subscription.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";
import { throughView } from "../subscription/view.js";
import { type Batch, createBatch } from "./batch.js";
import { createPreviousValues } from "./previous-values.js";
import type { Turn } from "./turn.js";

/** Takes events to the outboxes of their readers. */
export interface FanOut {
  /** Delivers at the end of the turn, together with what else happens on the channel until then. */
  deliver(event: ChannelEvent): void;
  /** Delivers what waits on one channel now, before its set of readers changes. */
  settle(channel: string): void;
  /** The channel has lost its last reader on this node. */
  forget(channel: string): void;
}

/** What the fan-out needs of its surroundings. */
export interface FanOutParts {
  readonly subscriptions: SubscriptionManager;
  readonly turn: Turn;
  readonly clock: Clock;
  /** The reader's outbox is over its budget. */
  onOverflow(connection: Connection): void;
  /** The channel's numbering started anew under this reader; it must join again. */
  onRenumbered(subscription: Subscription): void;
  /** The reader's view or codec threw; what it should see cannot be known, or not be said. */
  onReaderFailed(subscription: Subscription, error: unknown): void;
  /** So many events went to readers. */
  onDelivered(count: number): void;
}

/** Fan-out on this node. */
export function createFanOut(parts: FanOutParts): FanOut {
  const { subscriptions, turn } = parts;
  const previous = createPreviousValues();
  let waiting = new Map<string, EncodedEvent[]>();

  const spreadAll = () => {
    const channels = waiting;
    waiting = new Map();
    for (const [channel, events] of channels) spread(parts, channel, events);
  };
  return {
    deliver(event) {
      if (!subscriptions.hasSubscribers(event.channel)) return;
      const encoded = encodedEvent(event, previous.replace(event));
      const batch = waiting.get(event.channel);
      if (batch) {
        batch.push(encoded);
        return;
      }
      if (waiting.size === 0) turn.beforeFlush(spreadAll);
      waiting.set(event.channel, [encoded]);
    },
    settle(channel) {
      const events = waiting.get(channel);
      if (!events) return;
      waiting.delete(channel);
      spread(parts, channel, events);
    },
    forget: previous.forget,
  };
}

/** What the readers of one spread share: a batch for each view, made when the first of them asks. */
type Batches = Map<string | undefined, Batch | { readonly failed: unknown }>;

function spread(parts: FanOutParts, channel: string, events: readonly EncodedEvent[]): void {
  const batches: Batches = new Map();
  const epochs = epochsOf(events); // once for all readers: there may be thousands, and there is mostly one
  let delivered = 0;
  for (const subscription of parts.subscriptions.on(channel)) {
    const { stage } = subscription;
    if (stage.is === "joining") stage.held.push(...events);
    if (stage.is !== "live") continue;
    if (isRenumbered(stage.epoch, epochs)) {
      parts.onRenumbered(subscription);
      continue;
    }
    const batch = batchFor(batches, subscription, events);
    try {
      if ("failed" in batch) throw batch.failed;
      delivered += deliverBatch(parts, subscription, stage, batch);
    } catch (error) {
      parts.onReaderFailed(subscription, error); // and no concern of the others
    }
  }
  parts.onDelivered(delivered);
}

function batchFor(
  batches: Batches,
  { view }: Subscription,
  events: readonly EncodedEvent[],
): Batch | { readonly failed: unknown } {
  const made = batches.get(view?.key);
  if (made) return made;
  let batch: Batch | { readonly failed: unknown };
  try {
    batch = createBatch(view ? throughView(events, view) : events);
  } catch (failed) {
    batch = { failed };
  }
  batches.set(view?.key, batch);
  return batch;
}

/** Returns how many events the reader was given. */
function deliverBatch(
  parts: FanOutParts,
  subscription: Subscription,
  stage: Stage & { is: "live" },
  batch: Batch,
): number {
  const { connection, pace } = subscription;
  const [first] = batch.events;
  if (!first) return 0;
  if (pace) {
    for (const event of batch.events) if (isNews(event, stage)) pace.put(event);
    return release(parts, subscription);
  }
  parts.turn.touch(connection.outbox);
  if (isNews(first, stage)) {
    const frames = batch.frames(connection.codec);
    if (frames === undefined || putReady(connection.outbox, frames)) return batch.events.length;
  }
  const news = batch.events.filter((event) => isNews(event, stage));
  for (const event of news) {
    if (putEvent(connection.outbox, event) === "accepted") continue;
    parts.onOverflow(connection);
    break;
  }
  return news.length;
}

/** Sends a paced reader what is due, and comes back for the rest. */
function release(parts: FanOutParts, subscription: Subscription): number {
  const { pace, connection } = subscription;
  if (!pace || subscription.stage.is !== "live") return 0;
  const due = pace.take(parts.clock.now());
  for (const { event, skipped } of due) {
    if (putEvent(connection.outbox, event, skipped) === "accepted") continue;
    parts.onOverflow(connection);
    return 0;
  }
  if (due.length > 0) parts.turn.touch(connection.outbox);
  const waitMs = pace.waitMs(parts.clock.now());
  if (waitMs !== undefined && !pace.timed) {
    pace.timed = true;
    parts.clock.after(waitMs, () => {
      pace.timed = false;
      try {
        parts.onDelivered(release(parts, subscription));
      } catch (error) {
        parts.onReaderFailed(subscription, error);
      }
    });
  }
  return due.length;
}

/** The numberings of a batch. A signal belongs to none. */
function epochsOf(events: readonly EncodedEvent[]): readonly string[] {
  const epochs = new Set<string>();
  for (const { event } of events) if (event.mode !== "signal") epochs.add(event.epoch);
  return [...epochs];
}

function isRenumbered(epoch: string, epochs: readonly string[]): boolean {
  return epochs.length > 1 || (epochs.length === 1 && epochs[0] !== epoch);
}
