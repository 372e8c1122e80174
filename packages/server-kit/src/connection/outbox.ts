import type { Codec } from "@tocsin/protocol";
import { conflatedFrame, type EncodedEvent, frameFor } from "./encoded-event.js";
import { beginAfresh, joinedBytes, type Line, NOTHING, passingBytes, withFrames } from "./line.js";
import type { Socket } from "./socket.js";

/**
 * What waits for one reader. While the socket keeps up, frames are only gathered until the end of the turn and
 * go out in one write. When it falls behind they wait in two lanes with a budget each:
 *
 * - urgent: replies and `log` events, first in, first out. Over budget the reader is too slow and must come back.
 * - state: the newest event of each `latest` channel and table row, and `signal` events, of which new ones are
 *   dropped over budget.
 *
 * The urgent lane always empties first, so an alert never waits behind prices.
 */
export interface Outbox {
  readonly socket: Socket;
  readonly codec: Codec;
  readonly budgetBytes: number;
  /** Frames of this turn, in order. */
  ready: Line;
  /** Whether it is going to be flushed at the end of the turn. */
  touched: boolean;
  /** Whether the socket may hold something back. Spares asking it, which costs as much as all the rest. */
  queued: boolean;
  /** Only while the reader is behind. */
  lanes: Lanes | undefined;
  /** Signals dropped for this reader so far. */
  dropped: number;
  /** Told when nothing waits for the reader any more, or never will. */
  caughtUp: (() => void)[] | undefined;
  closed: boolean;
}

/** What waits for a reader that is behind. */
export interface Lanes {
  readonly urgent: Uint8Array[];
  urgentBytes: number;
  /**
   * Newest events, in the order of their offsets. A table's reader must get rows in that order, or its position
   * would run ahead of rows that still wait; so a changed row moves to the end of the line.
   */
  slots: Map<string, Slot>;
  /** Those whose turn has come. A row that goes on changing cannot move out of here, so it cannot starve. */
  outgoing: Map<string, Slot>;
  stateBytes: number;
  /** Tells signals apart, each of which has a slot of its own. */
  signals: number;
}

/** One waiting event, and how many of the same value it took the place of. */
export interface Slot {
  readonly event: EncodedEvent;
  readonly bytes: number;
  readonly skipped: number;
}

/** Bytes one reader may have on their way before it counts as behind: about a round trip of a good line. */
const IN_FLIGHT_BYTES = 65_536;

/** What became of something put into an outbox. */
export type Accepted = "accepted" | "overflow";

/** An empty outbox for one socket. `budgetBytes` holds for each lane. */
export function createOutbox(socket: Socket, codec: Codec, budgetBytes: number): Outbox {
  return {
    socket,
    codec,
    budgetBytes,
    ready: NOTHING,
    touched: false,
    queued: false,
    lanes: undefined,
    dropped: 0,
    caughtUp: undefined,
    closed: false,
  };
}

/** Bytes held for this reader, those given to the socket included. */
export function heldBytes(outbox: Outbox): number {
  const { lanes } = outbox;
  const behind = lanes ? lanes.urgentBytes + lanes.stateBytes : 0;
  return outbox.socket.queuedBytes + outbox.ready.bytes + behind;
}

/** Whether more waits for this reader than it takes at once. */
export function isBehind({ lanes }: Outbox): boolean {
  return lanes !== undefined;
}

/** Resolves once the reader has caught up, or is not there any more. */
export function caughtUp(outbox: Outbox): Promise<void> {
  if (outbox.closed || !isBehind(outbox)) return Promise.resolve();
  return new Promise((resolve) => {
    outbox.caughtUp = [...(outbox.caughtUp ?? []), resolve];
  });
}

function tellCaughtUp(outbox: Outbox): void {
  outbox.lanes = undefined;
  const waiting = outbox.caughtUp;
  outbox.caughtUp = undefined;
  if (waiting) for (const tell of waiting) tell();
}

function inFlightBytes(outbox: Outbox): number {
  return outbox.ready.bytes + queuedBytes(outbox);
}

function queuedBytes(outbox: Outbox): number {
  return outbox.queued ? outbox.socket.queuedBytes : 0;
}

/** What is on its way counts as well: the budget is what may be held for a reader, wherever it lies. */
function isOver(outbox: Outbox, laneBytes: number): boolean {
  return laneBytes + inFlightBytes(outbox) > outbox.budgetBytes;
}

/** Takes frames as they are if the reader keeps up; `false` says that it does not. */
export function putReady(outbox: Outbox, frames: Uint8Array): boolean {
  if (outbox.closed) return true;
  if (outbox.lanes) return false;
  const inFlight = inFlightBytes(outbox);
  // A frame larger than the whole window is let through alone, or it would never fit.
  if (inFlight > 0 && inFlight + frames.byteLength > IN_FLIGHT_BYTES) return false;
  outbox.ready = withFrames(outbox.ready, frames);
  return true;
}

/** Puts a reply or a `log` event into the urgent lane, or straight out. */
export function putUrgent(outbox: Outbox, frame: Uint8Array): Accepted {
  if (putReady(outbox, frame)) return "accepted";
  const lanes = fallBehind(outbox);
  const total = lanes.urgentBytes + frame.byteLength;
  if (lanes.urgent.length > 0 && isOver(outbox, total)) return "overflow";
  lanes.urgent.push(frame);
  lanes.urgentBytes = total;
  return "accepted";
}

/** Puts one event of any mode in its place. `skipped` events of the same value were left out before it. */
export function putEvent(outbox: Outbox, encoded: EncodedEvent, skipped = 0): Accepted {
  const { event } = encoded;
  const frame = slotFrame({ event: encoded, skipped }, outbox.codec);
  if (frame === undefined || outbox.closed) return "accepted";
  if (event.mode === "log") return putUrgent(outbox, frame);
  if (putReady(outbox, frame)) return "accepted";
  const slot = { event: encoded, bytes: frame.byteLength, skipped };
  return event.mode === "signal" ? putSignal(outbox, slot) : putConflated(outbox, slot);
}

function slotFrame({ event, skipped }: Pick<Slot, "event" | "skipped">, codec: Codec) {
  return skipped > 0 ? conflatedFrame(event, codec, skipped) : frameFor(event, codec);
}

function putSignal(outbox: Outbox, slot: Slot): Accepted {
  const lanes = fallBehind(outbox);
  if (isOver(outbox, lanes.stateBytes + slot.bytes)) {
    outbox.dropped += 1; // the newest goes first: older ones are already on their way
    return "accepted";
  }
  lanes.signals += 1;
  lanes.slots.set(`\n${lanes.signals}`, slot);
  lanes.stateBytes += slot.bytes;
  return "accepted";
}

function putConflated(outbox: Outbox, { event, bytes, skipped }: Slot): Accepted {
  const lanes = fallBehind(outbox);
  const { channel, key, mode } = event.event;
  const name = slotName(channel, key);
  // A latest channel has one value, so a newer one may take its place even when its turn has come.
  const line = mode === "latest" && lanes.outgoing.has(name) ? lanes.outgoing : lanes.slots;
  const waiting = line.get(name);
  const total = lanes.stateBytes + bytes - (waiting?.bytes ?? 0);
  if (waiting === undefined && isOver(outbox, total)) return "overflow";
  if (line === lanes.slots) line.delete(name);
  line.set(name, { event, bytes, skipped: waiting ? waiting.skipped + 1 + skipped : skipped });
  lanes.stateBytes = total;
  return "accepted";
}

// A line feed cannot stand in an address, so no channel's row can pass for another channel.
function slotName(channel: string, key: string | undefined): string {
  return key === undefined ? channel : `${channel}\n${key}`;
}

function fallBehind(outbox: Outbox): Lanes {
  outbox.lanes ??= {
    urgent: [],
    urgentBytes: 0,
    slots: new Map(),
    outgoing: new Map(),
    stateBytes: 0,
    signals: 0,
  };
  return outbox.lanes;
}

/** Forgets what waits of one channel, because the reader left it or gets a new snapshot. */
export function forgetChannel(outbox: Outbox, channel: string): void {
  const { lanes } = outbox;
  if (!lanes) return;
  for (const line of [lanes.outgoing, lanes.slots]) {
    for (const [name, slot] of line) {
      if (slot.event.event.channel !== channel) continue;
      line.delete(name);
      lanes.stateBytes -= slot.bytes;
    }
  }
}

/**
 * Hands everything of this turn to the socket in one write, then as much of the lanes as it takes. A socket whose
 * kernel takes all of it at once has nothing left to drain and will not say so: it is given more right away.
 */
export function flushOutbox(outbox: Outbox): void {
  if (outbox.closed) return;
  do {
    if (outbox.lanes) refill(outbox);
    writeReady(outbox);
  } while (outbox.lanes && queuedBytes(outbox) < IN_FLIGHT_BYTES);
}

/**
 * Fetches what a flush of this outbox will need. Memory of many outboxes comes faster when they are asked one right
 * after the other than between two writes, which leave nothing in the caches.
 */
export function lookAhead({ queued, lanes, ready, socket }: Outbox): void {
  if (!queued && lanes === undefined && ready !== NOTHING) socket.look?.();
}

function writeReady(outbox: Outbox): void {
  const { ready, socket } = outbox;
  if (ready === NOTHING) return;
  outbox.ready = NOTHING;
  beginAfresh();
  let sent = 0;
  if (socket.writeNow && queuedBytes(outbox) === 0) {
    sent = socket.writeNow(passingBytes(ready), ready.bytes);
  }
  if (sent < ready.bytes) {
    const all = joinedBytes(ready);
    socket.write(sent === 0 ? all : all.subarray(sent));
  }
  outbox.queued = sent < ready.bytes && socket.queuedBytes > 0;
}

function refill(outbox: Outbox): void {
  const { lanes, codec } = outbox;
  if (!lanes) return;
  let room = IN_FLIGHT_BYTES - inFlightBytes(outbox);
  const take = (frame: Uint8Array) => {
    outbox.ready = withFrames(outbox.ready, frame);
    room -= frame.byteLength;
  };
  let taken = 0;
  for (const frame of lanes.urgent) {
    if (room <= 0) break;
    take(frame);
    lanes.urgentBytes -= frame.byteLength;
    taken += 1;
  }
  lanes.urgent.splice(0, taken);
  while (room > 0 && lanes.outgoing.size + lanes.slots.size > 0) {
    if (lanes.outgoing.size === 0) {
      lanes.outgoing = lanes.slots;
      lanes.slots = new Map();
    }
    for (const [name, slot] of lanes.outgoing) {
      if (room <= 0) break;
      const frame = slotFrame(slot, codec);
      if (frame) take(frame);
      lanes.outgoing.delete(name);
      lanes.stateBytes -= slot.bytes;
    }
  }
  const waiting = lanes.urgent.length + lanes.outgoing.size + lanes.slots.size;
  if (waiting === 0) tellCaughtUp(outbox);
}

/** Lets go of everything; nothing is sent any more. */
export function closeOutbox(outbox: Outbox): void {
  outbox.closed = true;
  outbox.ready = NOTHING;
  tellCaughtUp(outbox);
}
