import type { Codec } from "@tocsin/protocol";
import { isDialectCodec, togetherFrames } from "../connection/dialect.js";
import { type EncodedEvent, eventMessage, frameFor } from "../connection/encoded-event.js";

/** The events of one channel and turn, as one group of readers sees them. */
export interface Batch {
  readonly events: readonly EncodedEvent[];
  /** All of them in one piece, made once for each codec; `undefined` when there is nothing to send. */
  frames(codec: Codec): Uint8Array | undefined;
}

/** A batch of events that all readers of the group see alike. */
export function createBatch(events: readonly EncodedEvent[]): Batch {
  const made: [Codec, Uint8Array | undefined][] = [];
  return {
    events,
    frames(codec) {
      for (const [known, frames] of made) if (known === codec) return frames;
      const joined = allFrames(events, codec);
      made.push([codec, joined]);
      return joined;
    },
  };
}

function allFrames(events: readonly EncodedEvent[], codec: Codec): Uint8Array | undefined {
  if (isDialectCodec(codec) && events.length > 1) {
    const messages = events.map(({ event }) => eventMessage(event));
    return togetherFrames(codec, messages);
  }
  const frames = events
    .map((event) => frameFor(event, codec))
    .filter((frame) => frame !== undefined);
  return frames.length > 1 ? Buffer.concat(frames) : frames[0];
}
