import { textEntry } from "../store/event-text.js";
import type { Keep, StoredEntry } from "../store/history-store.js";
import type { ChannelMessage } from "./message.js";

/** An entry, and the message it came in. */
export interface HeldEntry {
  readonly entry: StoredEntry;
  readonly bytes: number;
  readonly seq: number;
}

/** Where the first append with a key landed. */
export interface HeldKey {
  readonly ends: number;
  readonly epoch: string;
  readonly offset: number;
  readonly seq: number;
}

/** A channel as the messages on its subject make it. Only {@link applyMessage} changes it. */
export interface ChannelState {
  /** The newest message on the subject; 0 when there is none. */
  seq: number;
  mode: Keep["mode"] | undefined;
  epoch: string;
  offset: number;
  complete: number;
  ttlMs: number;
  /** Of a log or a latest value: what is kept, in order, without holes. */
  items: HeldEntry[];
  /** Of a table, in the order of offsets. */
  readonly rows: Map<string, HeldEntry>;
  readonly removed: Map<string, HeldEntry>;
  readonly keys: Map<string, HeldKey>;
  /** How many entries and keys each message is kept for, oldest first. */
  readonly needed: Map<number, number>;
  bytes: number;
}

/** A channel nobody has written to. */
export function unwrittenState(epoch: string): ChannelState {
  return {
    seq: 0,
    mode: undefined,
    epoch,
    offset: 0,
    complete: 0,
    ttlMs: 0,
    items: [],
    rows: new Map(),
    removed: new Map(),
    keys: new Map(),
    needed: new Map(),
    bytes: 0,
  };
}

/** Brings the state up to date with the next message. Returns the messages that nothing needs any more. */
export function applyMessage(
  state: ChannelState,
  seq: number,
  message: ChannelMessage,
  now: number,
): readonly number[] {
  const unneeded: number[] = [];
  const need = (one: number) => state.needed.set(one, (state.needed.get(one) ?? 0) + 1);
  const free = (one: number) => {
    const count = (state.needed.get(one) ?? 0) - 1;
    if (count > 0) {
      state.needed.set(one, count);
      return;
    }
    state.needed.delete(one);
    unneeded.push(one);
  };
  const drop = (held: HeldEntry | undefined) => {
    if (!held) return;
    state.bytes -= held.bytes;
    free(held.seq);
  };

  need(seq); // the newest message says what is true of the channel
  if (state.seq > 0) free(state.seq);
  state.seq = seq;
  if (message.mode !== state.mode || (message.epoch !== state.epoch && message.offset === 1)) {
    for (const held of [...state.items, ...state.rows.values(), ...state.removed.values()])
      drop(held);
    state.items = [];
    state.rows.clear();
    state.removed.clear();
  }
  if (message.mode !== "signal") state.mode = message.mode;
  state.epoch = message.epoch;
  state.ttlMs = message.ttlMs;
  state.complete = message.complete;

  for (const [index, text] of message.entries.entries()) {
    const entry = textEntry(message.offset + index, text);
    const held = { entry, bytes: text.length, seq };
    if (message.mode !== "table") {
      const last = state.items.at(-1);
      if (message.mode === "latest" || (last && last.entry.offset + 1 !== entry.offset)) {
        for (const old of state.items) drop(old); // of a log: what came between is lost, and so is what was before
        state.items = [];
      }
      if (entry.offset <= message.complete) continue;
      state.items.push(held);
    } else {
      const key = entry.key ?? "";
      for (const part of [state.rows, state.removed]) {
        drop(part.get(key));
        part.delete(key);
      }
      if (entry.removed && entry.offset <= message.complete) continue;
      (entry.removed ? state.removed : state.rows).set(key, held);
    }
    state.bytes += held.bytes;
    need(seq);
  }
  state.offset = message.offset + message.entries.length - 1;

  if (state.mode === "log") {
    const kept = state.items.findIndex(({ entry }) => entry.offset > state.complete);
    for (const old of state.items.splice(0, kept < 0 ? state.items.length : kept)) drop(old);
    // A message that somebody deleted is a hole, which the log begins after.
    state.complete = (state.items[0]?.entry.offset ?? state.offset + 1) - 1;
  }
  if (state.mode === "table") {
    for (const [key, held] of state.removed) {
      if (held.entry.offset > state.complete) break;
      state.removed.delete(key);
      drop(held);
    }
  }

  for (const [index, key, ends] of message.keys) {
    const before = state.keys.get(key);
    if (before) {
      state.keys.delete(key);
      free(before.seq);
    }
    state.keys.set(key, { ends, epoch: message.epoch, offset: message.offset + index, seq });
    need(seq);
  }
  for (const [key, held] of state.keys) {
    if (held.ends > now) break; // a key with a short window may stay as long as one before it
    state.keys.delete(key);
    free(held.seq);
  }
  return unneeded;
}
