import type { Previous } from "../connection/encoded-event.js";
import type { ChannelEvent } from "../store/event.js";

/** Remembers, for channels with readers on this node, the value that each event takes the place of. */
export interface PreviousValues {
  /** What the event replaces, as far as it was seen; the event takes its place. */
  replace(event: ChannelEvent): Previous | undefined;
  /** Lets go of a channel. Call when its last reader leaves: from then on events are no longer seen. */
  forget(channel: string): void;
}

interface Seen {
  readonly epoch: string;
  readonly values: Map<string, Previous>;
}

/** Nothing seen yet. */
export function createPreviousValues(): PreviousValues {
  const channels = new Map<string, Seen>();
  return {
    replace(event) {
      if (event.mode !== "latest" && event.mode !== "table") return undefined;
      let seen = channels.get(event.channel);
      if (seen?.epoch !== event.epoch) {
        seen = { epoch: event.epoch, values: new Map() };
        channels.set(event.channel, seen);
      }
      const key = event.key ?? "";
      const previous = seen.values.get(key);
      if (event.removed) seen.values.delete(key);
      else seen.values.set(key, { offset: event.offset, data: event.data });
      return previous;
    },
    forget(channel) {
      channels.delete(channel);
    },
  };
}
