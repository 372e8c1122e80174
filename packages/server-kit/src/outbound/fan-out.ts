import type { Codec } from "@tocsin/protocol";
import type { Connection } from "../connection/connection.js";
import { type EncodedEvent, encodedEvent, frameFor } from "../connection/encoded-event.js";
import { putEvent, putReady } from "../connection/outbox.js";
import type { ChannelEvent } from "../store/event.js";
import type { Subscription } from "../subscription/subscription.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";
import type { Turn } from "./turn.js";

/** Takes events to the outboxes of their readers. */
export interface FanOut {
  /** Delivers at the end of the turn, together with what else happens on the channel until then. */
  deliver(event: ChannelEvent): void;
  /** Delivers what waits on one channel now, before its set of readers changes. */
  settle(channel: string): void;
}

/** What the fan-out needs of its surroundings. */
export interface FanOutParts {
  readonly subscriptions: SubscriptionManager;
  readonly turn: Turn;
  /** The reader's outbox is over its budget. */
  onOverflow(connection: Connection): void;
  /** The channel's numbering started anew under this reader; it must join again. */
  onRenumbered(subscription: Subscription): void;
  /** So many events went to readers. */
  onDelivered(count: number): void;
}

/** Fan-out on this node. */
export function createFanOut(parts: FanOutParts): FanOut {
  const { subscriptions, turn } = parts;
  let waiting = new Map<string, EncodedEvent[]>();

  const spreadAll = () => {
    const batches = waiting;
    waiting = new Map();
    for (const [channel, events] of batches) spread(parts, channel, events);
  };
  return {
    deliver(event) {
      if (!subscriptions.hasSubscribers(event.channel)) return;
      const batch = waiting.get(event.channel);
      if (batch) {
        batch.push(encodedEvent(event));
        return;
      }
      if (waiting.size === 0) turn.beforeFlush(spreadAll);
      waiting.set(event.channel, [encodedEvent(event)]);
    },
    settle(channel) {
      const events = waiting.get(channel);
      if (!events) return;
      waiting.delete(channel);
      spread(parts, channel, events);
    },
  };
}

function spread(parts: FanOutParts, channel: string, events: readonly EncodedEvent[]): void {
  const shared = sharedFrames(events);
  let delivered = 0;
  for (const subscription of parts.subscriptions.on(channel)) {
    const { stage, connection } = subscription;
    if (stage.is === "joining") {
      stage.held.push(...events);
      continue;
    }
    if (stage.is === "ended") continue;
    if (renumbered(stage.epoch, events)) {
      parts.onRenumbered(subscription);
      continue;
    }
    delivered += events.length;
    parts.turn.touch(connection.outbox);
    if (isNews(events[0], stage.offset)) {
      const frames = shared(connection.codec);
      if (frames === undefined || putReady(connection.outbox, frames)) continue;
    }
    for (const event of events) {
      if (!isNews(event, stage.offset)) continue;
      if (putEvent(connection.outbox, event) === "overflow") {
        parts.onOverflow(connection);
        break;
      }
    }
  }
  parts.onDelivered(delivered);
}

/** Whether an event is past what the reader's snapshot or replay already held. Signals have no place in either. */
export function isNews(encoded: EncodedEvent | undefined, joinedAt: number): boolean {
  return (
    encoded === undefined || encoded.event.mode === "signal" || encoded.event.offset > joinedAt
  );
}

function renumbered(epoch: string, events: readonly EncodedEvent[]): boolean {
  return events.some(({ event }) => event.mode !== "signal" && event.epoch !== epoch);
}

/** The bytes of the whole batch, made once for each codec. */
function sharedFrames(events: readonly EncodedEvent[]): (codec: Codec) => Uint8Array | undefined {
  const made: [Codec, Uint8Array | undefined][] = [];
  return (codec) => {
    for (const [known, frames] of made) if (known === codec) return frames;
    const frames = events
      .map((event) => frameFor(event, codec))
      .filter((frame) => frame !== undefined);
    const joined = frames.length > 1 ? Buffer.concat(frames) : frames[0];
    made.push([codec, joined]);
    return joined;
  };
}
