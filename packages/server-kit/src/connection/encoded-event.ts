import type { Codec, ServerMessageOf } from "@tocsin/protocol";
import type { ChannelEvent } from "../store/event.js";
import { encodeFrame } from "./frame.js";

/** An event and the frames made of it so far: one for each codec in use, none for each reader. */
export interface EncodedEvent {
  readonly event: ChannelEvent;
  readonly frames: [Codec, Uint8Array | undefined][];
}

/** Wraps an event; nothing is encoded until a reader wants it. */
export function encodedEvent(event: ChannelEvent): EncodedEvent {
  return { event, frames: [] };
}

/** The frame every reader with this codec gets; `undefined` when its format has no word for events. */
export function frameFor(encoded: EncodedEvent, codec: Codec): Uint8Array | undefined {
  for (const [known, frame] of encoded.frames) if (known === codec) return frame;
  const frame = encodeFrame(codec, eventMessage(encoded.event));
  encoded.frames.push([codec, frame]);
  return frame;
}

/** The frame for one reader who skipped `conflated` events of the same value. */
export function conflatedFrame(
  encoded: EncodedEvent,
  codec: Codec,
  conflated: number,
): Uint8Array | undefined {
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
