import type { ChannelRef, Position, ServerMessageOf } from "@tocsin/protocol";
import type { Delivery, Recovery } from "./delivery.js";
import { createHoldings, type Holdings } from "./holdings.js";
import { FRESH, recoveryOf } from "./recovery.js";
import { type Ask, wantsPast } from "./resume.js";
import type { Handle } from "./subscription.js";

/** One channel of the wire, however many handles share it. */
export interface Wire {
  readonly ref: ChannelRef;
  readonly mode: ChannelRef["mode"];
  readonly params: unknown;
  readonly readers: Set<Handle>;
  readonly holdings: Holdings;
  /** Whether the server sends us this channel now. */
  synced: boolean;
  /** A patch did not fit: nothing of this channel makes sense before a new snapshot. */
  blind: boolean;
  epoch: string | undefined;
  /** Newest offset taken in, or handed out by the server where nothing is held. */
  offset: number;
  /** The rate the server was last told. */
  maxRate: number | undefined;
  /** The `subscribe` on its way. */
  ask: (Ask<Handle> & { readonly id: string }) | undefined;
  /** Refused subscribes in a row. */
  tries: number;
  cancelRetry: (() => void) | undefined;
}

export function createWire(ref: ChannelRef, params: unknown): Wire {
  const readers = new Set<Handle>();
  return {
    ref,
    mode: ref.mode,
    params,
    readers,
    holdings: createHoldings(ref, (error) => {
      for (const handle of readers) handle.report(error);
    }),
    synced: false,
    blind: false,
    epoch: undefined,
    offset: 0,
    maxRate: undefined,
    ask: undefined,
    tries: 0,
    cancelRetry: undefined,
  };
}

/** Takes a `subscribed` in: tells each handle what became of the past, then delivers the snapshot. */
export function takeReply(wire: Wire, message: ServerMessageOf<"subscribed">): Recovery {
  const { epoch, offset } = message;
  const { stateful } = wire.holdings;
  const ask = message.id === undefined ? undefined : wire.ask;
  const recovery = recoveryOf(message, ask?.since);
  const recovered = recovery.outcome === "recovered";
  const reset = recovery.outcome === "fresh" || recovery.outcome === "gap";
  const inPlace = wire.synced && ask !== undefined && !wire.blind;
  const { epoch: before = epoch } = wire;
  const moved = before !== epoch;
  const deliveries =
    message.snapshot !== undefined || (reset && stateful)
      ? wire.holdings.snapshot(message.snapshot, offset)
      : [];
  // without a snapshot the missed rows are still to come
  if (!recovered || !stateful || message.snapshot !== undefined) wire.offset = offset;
  if (ask) {
    wire.ask = undefined;
    wire.maxRate = ask.maxRate;
  }
  Object.assign(wire, { epoch, synced: true, blind: false, tries: 0 });

  const cursors = new Map([...wire.readers].map((handle) => [handle, handle.cursor]));
  // nothing of another life has been seen, and nobody may be told a position made of both
  if (moved) for (const handle of wire.readers) if (handle.cursor) handle.cursor = 0;
  for (const handle of wire.readers) {
    const asker = ask?.newcomer === handle;
    const cursor = cursors.get(handle);
    if (cursor === undefined) {
      if (stateful) join(wire, handle);
      else if (asker || !wantsPast(handle)) {
        handle.recovered(asker ? recovery : FRESH);
        if (asker) replay(wire, handle, deliveries, -1);
        moveTo(wire, handle, asker && recovered ? (ask.since?.offset ?? offset) : offset);
      }
    } else if (
      inPlace &&
      !stateful &&
      (moved || !covers(message, ask?.since, deliveries, cursor))
    ) {
      // events came while the server answered somebody else's question, and are not part of the answer
      handle.since = { epoch: before, offset: cursor };
      handle.cursor = undefined;
    } else {
      if (!inPlace || moved) handle.recovered(recovery);
      replay(wire, handle, deliveries, moved ? -1 : cursor);
      if (stateful || !recovered) moveTo(wire, handle, wire.offset);
    }
  }
  return recovery;
}

/** Whether a handle that was up to date at `cursor` still is after a reply that was not meant for it. */
function covers(
  { offset, recovery }: ServerMessageOf<"subscribed">,
  since: Position | undefined,
  [first]: readonly Delivery[],
  cursor: number,
): boolean {
  if (recovery === "recovered" && since) return since.offset <= cursor;
  return cursor >= offset || (first !== undefined && first.meta.offset <= cursor + 1);
}

/** Takes an `event` or a `patch` in and hands it to the handles. */
export function takeChange(wire: Wire, message: ServerMessageOf<"event" | "patch">): void {
  const { holdings } = wire;
  const offset = message.offset ?? 0;
  if (wire.blind || (holdings.stateful && offset <= wire.offset)) return;
  const delivery = message.type === "event" ? holdings.event(message) : holdings.patch(message);
  if (delivery === "mismatch") {
    wire.blind = true;
    return;
  }
  // In a table a conflated row comes in the turn of the first row it replaced, ahead of older ones of other keys:
  // having it says nothing about those, so no position is taken from it.
  const seen = wire.mode === "table" && "conflated" in message && message.conflated ? 0 : offset;
  wire.offset = Math.max(wire.offset, seen);
  for (const handle of wire.readers) {
    if (handle.cursor === undefined || (offset !== 0 && offset <= handle.cursor)) continue;
    if (delivery) handle.deliver(delivery);
    handle.cursor = Math.max(handle.cursor, seen);
  }
}

/** A handle joins a running channel: what is held here is as good as a snapshot. */
export function join(wire: Wire, handle: Handle): void {
  handle.recovered(FRESH);
  replay(wire, handle, wire.holdings.current(wire.offset), -1);
  moveTo(wire, handle, wire.offset);
}

/** C9: whoever was ended by one of its handlers has not had the rest, and its position says so. */
function moveTo({ readers }: Wire, handle: Handle, cursor: number): void {
  if (readers.has(handle)) handle.cursor = cursor;
}

/** C9: a cursor moves only when the handlers have had the event, and a handler may end the handle. */
function replay(wire: Wire, handle: Handle, deliveries: readonly Delivery[], after: number): void {
  for (const delivery of deliveries) {
    const { offset } = delivery.meta;
    if (!wire.readers.has(handle)) return;
    if (offset !== 0 && offset <= after) continue; // a signal has no offsets
    handle.deliver(delivery);
    handle.cursor = Math.max(handle.cursor ?? 0, offset);
  }
}
