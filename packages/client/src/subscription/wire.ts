import type { ChannelRef, ServerMessageOf } from "@tocsin/protocol";
import type { Delivery, Recovery } from "./delivery.js";
import { createHoldings, type Holdings } from "./holdings.js";
import { FRESH, lifeChanged, recoveryOf } from "./recovery.js";
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
  const unnoticed = wire.synced && ask !== undefined && !wire.blind; // by handles that need nothing
  const moved = wire.epoch !== epoch;
  const deliveries =
    message.snapshot !== undefined || (reset && stateful)
      ? wire.holdings.snapshot(message.snapshot, offset)
      : [];
  if (!recovered || !stateful) wire.offset = offset; // missed rows are still to come
  if (ask) {
    wire.ask = undefined;
    wire.maxRate = ask.maxRate;
  }
  Object.assign(wire, { epoch, synced: true, blind: false, tries: 0 });

  for (const handle of wire.readers) {
    const asker = ask?.newcomer === handle;
    const { cursor } = handle;
    if (cursor !== undefined) {
      if (!unnoticed || moved) handle.recovered(unnoticed ? lifeChanged(offset) : recovery);
      replay(wire, handle, deliveries, moved ? -1 : cursor);
      if (!recovered) handle.cursor = offset;
    } else if (stateful) {
      join(wire, handle);
    } else if (asker || !wantsPast(handle)) {
      handle.recovered(asker ? recovery : FRESH);
      if (asker) replay(wire, handle, deliveries, -1);
      handle.cursor = asker && recovered ? (ask.since?.offset ?? offset) : offset;
    }
  }
  return recovery;
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
  wire.offset = Math.max(wire.offset, offset);
  for (const handle of wire.readers) {
    if (handle.cursor === undefined) continue; // waits for its past
    if (delivery) replay(wire, handle, [delivery], handle.cursor);
    else handle.cursor = Math.max(handle.cursor, offset);
  }
}

/** A handle joins a running channel: what is held here is as good as a snapshot. */
export function join(wire: Wire, handle: Handle): void {
  handle.recovered(FRESH);
  replay(wire, handle, wire.holdings.current(wire.offset), -1);
  handle.cursor = wire.offset;
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
