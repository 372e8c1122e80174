import type { ChannelMode } from "@tocsin/protocol";
import type { ChannelEvent } from "../store/event.js";
import { textEntry } from "../store/event-text.js";

/** An idempotency key that came with an entry: which one, the key, and when it ends. */
export type KeptKey = readonly [index: number, key: string, ends: number];

/**
 * What one message says of a channel: entries with consecutive offsets, and what is true of the channel after them.
 * With no entries it says only that.
 */
export interface ChannelMessage {
  readonly mode: ChannelMode;
  readonly epoch: string;
  /** Of the first entry; the next one's when there is none. */
  readonly offset: number;
  readonly complete: number;
  readonly ttlMs: number;
  readonly keys: readonly KeptKey[];
  /** The message before this one on its subject, and the first one that is still needed; 0 when there is none. */
  readonly previous: number;
  readonly first: number;
  /** As `entryText` writes them. */
  readonly entries: readonly string[];
}

/** The head is one line of JSON, and so is each entry. */
export function messageText({ entries, ttlMs, ...head }: ChannelMessage): string {
  const ttl = Number.isFinite(ttlMs) ? { ttlMs } : {};
  return [JSON.stringify({ ...head, ...ttl }), ...entries].join("\n");
}

const MODES: ReadonlySet<unknown> = new Set<ChannelMode>(["latest", "table", "log", "signal"]);

/** Reads a message; `undefined` when it is none, because somebody else writes under the same name. */
export function textMessage(text: string): ChannelMessage | undefined {
  const [first = "", ...entries] = text.split("\n");
  try {
    const head: ChannelMessage = JSON.parse(first);
    if (!MODES.has(head.mode) || typeof head.offset !== "number") return undefined;
    return { ...head, ttlMs: head.ttlMs ?? Number.POSITIVE_INFINITY, entries };
  } catch {
    return undefined;
  }
}

/** The events in a message, as the hubs hand them on. */
export function messageEvents(channel: string, message: ChannelMessage): readonly ChannelEvent[] {
  const { mode, epoch, offset } = message;
  return message.entries.map((text, index) => {
    const place = mode === "signal" ? offset : offset + index;
    return { ...textEntry(place, text), channel, mode, epoch };
  });
}
