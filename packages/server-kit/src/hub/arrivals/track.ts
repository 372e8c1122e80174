import type { ChannelMode, Position } from "@tocsin/protocol";
import type { ChannelEvent } from "../../store/event.js";
import type { HistoryPage } from "../../store/history-store.js";

/** How far the readers of one channel on this node have been brought. Signals have none. */
export type Track = Unplaced | Placed;

/** Nobody has read the history yet, so nobody knows where the events that arrive belong. */
export interface Unplaced {
  readonly is: "unplaced";
  readonly held: ChannelEvent[];
  /** The last one that there was no more room for. */
  beyond: ChannelEvent | undefined;
}

/** Everything after `floor` and up to `offset` was handed on, in order; from there on events are waited for. */
export interface Placed extends Position {
  readonly is: "placed";
  readonly channel: string;
  readonly mode: Exclude<ChannelMode, "signal">;
  epoch: string;
  offset: number;
  /** The newest offset that was heard of. Above `offset` something is missing, or on its way. */
  top: number;
  /** A join from before this has to read again: what came next may not have been handed on. */
  floor: number;
  /** Events beyond a hole, by offset. */
  readonly held: Map<number, ChannelEvent>;
  /** When it was last known that nothing was missing. */
  confirmedAt: number;
  /** Events under another numbering: that it may have begun is looked up, and then how far it has come. */
  foreign: Position | undefined;
  /** Whether the hole is going to be looked up, or is being looked up. */
  filling: boolean;
  verifying: Promise<void> | undefined;
  lookingUp: boolean;
  /** A check has found what no event told of: the broker may not have this node as a reader any more. */
  suspect: boolean;
}

/** What an event is to a track. */
export type Arrival = "next" | "repeat" | "ahead" | "foreign";

/** Begins where a reader has begun. */
export function placedAt(
  channel: string,
  mode: Placed["mode"],
  { epoch, offset }: Position,
  confirmedAt: number,
): Placed {
  return {
    is: "placed",
    channel,
    mode,
    epoch,
    offset,
    top: offset,
    floor: offset,
    held: new Map(),
    confirmedAt,
    foreign: undefined,
    filling: false,
    verifying: undefined,
    lookingUp: false,
    suspect: false,
  };
}

/** Compares an event with what has been handed on. */
export function arrivalOf({ epoch, offset }: Placed, event: ChannelEvent): Arrival {
  if (event.epoch !== epoch) return "foreign";
  if (event.offset <= offset) return "repeat";
  return event.offset === offset + 1 ? "next" : "ahead";
}

/** Takes the held events that now follow, and forgets those that were handed on meanwhile. */
export function takeFollowing(track: Placed): readonly ChannelEvent[] {
  const { held } = track;
  const following: ChannelEvent[] = [];
  if (held.size === 0) return following;
  for (const offset of held.keys()) if (offset <= track.offset) held.delete(offset);
  for (let next = held.get(track.offset + 1); next; next = held.get(track.offset + 1)) {
    held.delete(next.offset);
    track.offset = next.offset;
    following.push(next);
  }
  return following;
}

/** Goes on from where a page ends, whatever was in between. */
export function moveTo(track: Placed, { epoch, offset }: Pick<HistoryPage, "epoch" | "offset">) {
  const known = track.foreign?.epoch === epoch ? track.foreign.offset : offset;
  if (epoch !== track.epoch || offset < track.offset) {
    track.held.clear();
    track.top = 0;
  }
  track.epoch = epoch;
  track.offset = offset;
  track.floor = offset;
  track.top = Math.max(track.top, offset, known);
  track.foreign = undefined;
}
