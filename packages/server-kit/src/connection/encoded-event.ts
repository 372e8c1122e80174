import type { Codec, ServerMessageOf } from "@tocsin/protocol";
import type { ChannelEvent } from "../store/event.js";
import { isDialectCodec, togetherFrames } from "./dialect.js";
import { encodeFrame } from "./frame.js";
import { mergePatchBetween } from "./merge-patch.js";

/** The value an event takes the place of. */
export interface Previous {
  readonly offset: number;
  readonly data: unknown;
}

/** An event and the frames made of it so far: one for each codec in use, none for each reader. */
export interface EncodedEvent {
  readonly event: ChannelEvent;
  /** What a reader who missed nothing holds; `undefined` where that is not known. */
  readonly previous: Previous | undefined;
  readonly frames: [Codec, Uint8Array | undefined][];
}

/** Wraps an event; nothing is encoded until a reader wants it. */
export function encodedEvent(event: ChannelEvent, previous?: Previous): EncodedEvent {
  return { event, previous, frames: [] };
}

/**
 * The frame for readers who hold the previous value: a patch where that is smaller, else the event whole.
 * All of them get the same bytes. `undefined` when the codec's format has no word for events.
 */
export function frameFor(encoded: EncodedEvent, codec: Codec): Uint8Array | undefined {
  for (const [known, frame] of encoded.frames) if (known === codec) return frame;
  const frame = isDialectCodec(codec)
    ? togetherFrames(codec, [eventMessage(encoded.event)])
    : smallerFrame(encoded, codec);
  encoded.frames.push([codec, frame]);
  return frame;
}

function smallerFrame(encoded: EncodedEvent, codec: Codec): Uint8Array | undefined {
  const patch = patchMessage(encoded);
  return (patch && encodeFrame(codec, patch)) ?? encodeFrame(codec, eventMessage(encoded.event));
}

/**
 * The frame for one reader who skipped `conflated` events of the same value, and so holds no base for a patch. A
 * dialect has no word for that, and so no need of a frame for this reader.
 */
export function conflatedFrame(
  encoded: EncodedEvent,
  codec: Codec,
  conflated: number,
): Uint8Array | undefined {
  if (isDialectCodec(codec)) return frameFor(encoded, codec);
  return encodeFrame(codec, { ...eventMessage(encoded.event), conflated });
}

/** An event as it stands on the wire. */
export function eventMessage(event: Omit<ChannelEvent, "epoch">): ServerMessageOf<"event"> {
  return {
    type: "event",
    channel: event.channel,
    ...(event.mode !== "signal" && { offset: event.offset }),
    ...(event.key !== undefined && { key: event.key }),
    ...(event.removed ? { removed: true } : { data: event.data }),
    timestamp: event.timestamp,
  };
}

function patchMessage({ event, previous }: EncodedEvent): ServerMessageOf<"patch"> | undefined {
  if (!previous || event.removed) return undefined;
  const found = mergePatchBetween(previous.data, event.data);
  if (!found || found.savedBytes <= PATCH_OVERHEAD_BYTES) return undefined;
  return {
    type: "patch",
    channel: event.channel,
    offset: event.offset,
    base: previous.offset,
    ...(event.key !== undefined && { key: event.key }),
    patch: found.patch,
    timestamp: event.timestamp,
  };
}

/** What `base` and the longer names cost. */
const PATCH_OVERHEAD_BYTES = 16;
