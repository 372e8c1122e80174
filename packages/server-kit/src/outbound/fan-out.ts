import type { Codec } from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import type { Connection } from "../connection/connection.js";
import { type EncodedEvent, encodedEvent } from "../connection/encoded-event.js";
import { putEvent, putReady } from "../connection/outbox.js";
import type { ChannelEvent } from "../store/event.js";
import type { Readers } from "../subscription/readers.js";
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
  const readers = parts.subscriptions.readers(channel);
  if (!readers) return;
  const epoch = epochOf(events); // once for all readers: there may be thousands
  parts.onDelivered(
    spreadAlike(parts, readers, events, epoch) ?? spreadToEach(parts, readers, events, epoch),
  );
}

/**
 * To readers that are known not to differ: nothing is looked at but their outboxes, and nothing of others is called
 * meanwhile. `undefined` when they may differ, or the events do.
 */
function spreadAlike(
  parts: FanOutParts,
  readers: Readers,
  events: readonly EncodedEvent[],
  epoch: EpochOf,
): number | undefined {
  const { alike, list, outboxes } = readers;
  const [first] = events;
  if (!alike || !first || epoch !== alike.epoch || first.event.offset < alike.offset)
    return undefined;
  const batch = createBatch(events);
  const [codec] = alike.codecs;
  let frames: Uint8Array | undefined;
  try {
    for (const other of alike.codecs) batch.frames(other);
    frames = codec && batch.frames(codec);
  } catch {
    return undefined; // each of its readers has to be told
  }
  const { turn } = parts;
  const behind: (Subscription | undefined)[] = [];
  let place = 0;
  for (const outbox of outboxes) {
    const own = outbox.codec === codec ? frames : batch.frames(outbox.codec);
    turn.touch(outbox);
    if (own !== undefined && !putReady(outbox, own)) behind.push(list[place]);
    place += 1;
  }
  let delivered = (place - behind.length) * events.length;
  for (const subscription of behind) {
    if (subscription) delivered += deliverTo(parts, subscription, batch);
  }
  return delivered;
}

/** To readers that may differ. Finds out whether they do. */
function spreadToEach(
  parts: FanOutParts,
  readers: Readers,
  events: readonly EncodedEvent[],
  epoch: EpochOf,
): number {
  const batches: Batches = new Map();
  const { list, changes } = readers;
  const [first] = events;
  const codecs = new Set<Codec>();
  let areAlike = first !== undefined;
  let delivered = 0;
  // a copy, for somebody may be turned out meanwhile
  for (const subscription of [...list]) {
    const { stage, view, pace, connection } = subscription;
    if (stage.is === "joining") stage.held.push(...events);
    if (stage.is !== "live") {
      areAlike = false;
      continue;
    }
    if (epoch !== undefined && stage.epoch !== epoch) {
      areAlike = false;
      parts.onRenumbered(subscription);
      continue;
    }
    areAlike &&= !view && !pace && first !== undefined && isNews(first, stage);
    codecs.add(connection.codec);
    delivered += deliverTo(parts, subscription, batchFor(batches, subscription, events));
  }
  if (areAlike && first && epoch !== MANY && changes === readers.changes) {
    readers.alike = { epoch, offset: first.event.offset, codecs: [...codecs] };
  }
  return delivered;
}

/** Returns how many events the reader was given. A failure is no concern of the others. */
function deliverTo(
  parts: FanOutParts,
  subscription: Subscription,
  batch: Batch | { readonly failed: unknown },
): number {
  const { stage } = subscription;
  if (stage.is !== "live") return 0;
  try {
    if ("failed" in batch) throw batch.failed;
    return deliverBatch(parts, subscription, stage, batch);
  } catch (error) {
    parts.onReaderFailed(subscription, error);
    return 0;
  }
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

/** Events of more than one numbering: no reader is in both. */
const MANY = Symbol("many");
type EpochOf = string | undefined | typeof MANY;

/** The numbering of a batch. A signal belongs to none. */
function epochOf(events: readonly EncodedEvent[]): EpochOf {
  let epoch: string | undefined;
  for (const { event } of events) {
    if (event.mode === "signal") continue;
    if (epoch !== undefined && epoch !== event.epoch) return MANY;
    epoch = event.epoch;
  }
  return epoch;
}
