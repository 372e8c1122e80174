import type { HistoryPage, HistoryQuery, Keep, NewEntry } from "../store/history-store.js";
import { limited } from "../store/kept-memory.js";
import { MIN_TOMBSTONES } from "../store/table-memory.js";
import type { ChannelState } from "./channel-state.js";

/** Reads a channel as it is at `now`: what is too old is left out, wherever it still lies. */
export function channelPage(state: ChannelState, query: HistoryQuery, now: number): HistoryPage {
  const { epoch, offset } = state;
  const { after } = query;
  if (state.mode === "table") {
    const rows = [...state.rows.values()];
    const changed = after === undefined ? rows : [...rows, ...state.removed.values()];
    const entries = changed
      .map(({ entry }) => entry)
      .filter((entry) => entry.offset > (after ?? 0))
      .sort((a, b) => a.offset - b.offset);
    return { epoch, offset, complete: state.complete, entries: limited(entries, query) };
  }
  const complete = state.mode === "log" ? expiredUpTo(state, state.ttlMs, now) : 0;
  const from = Math.max(after ?? 0, complete);
  // The log has no holes, so a position is an index.
  const first = state.items[0]?.entry.offset ?? 1;
  const entries = state.items.slice(Math.max(0, from + 1 - first)).map(({ entry }) => entry);
  return { epoch, offset, complete, entries: limited(entries, query) };
}

/** An entry that is about to be appended. */
export interface Candidate {
  readonly entry: NewEntry;
  readonly bytes: number;
}

/** What `complete` will be when these entries follow, by the rules of the mode. The state must be of that mode. */
export function completeAfter(
  state: ChannelState,
  added: readonly Candidate[],
  keep: Keep,
  now: number,
  maxLogBytes: number,
): number {
  switch (keep.mode) {
    case "latest":
      return 0;
    case "log":
      return logComplete(state, added, keep, now, maxLogBytes);
    case "table":
      return tableComplete(state, added);
    default:
      return keep satisfies never;
  }
}

// Only from the front: an event that a wrong clock dated back is kept as long as the ones before it.
function expiredUpTo({ items, complete }: ChannelState, ttlMs: number, now: number): number {
  let gone = complete;
  for (const { entry } of items) {
    if (entry.offset <= gone) continue;
    if (entry.timestamp + ttlMs > now) break;
    gone = entry.offset;
  }
  return gone;
}

function logComplete(
  state: ChannelState,
  added: readonly Candidate[],
  { size, ttlMs }: Extract<Keep, { mode: "log" }>,
  now: number,
  maxLogBytes: number,
): number {
  // By the old time to live first: what a reader saw gone does not come back under a longer one.
  let complete = expiredUpTo(state, state.ttlMs, now);
  const newest = state.offset + added.length;
  let bytes = added.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { entry, bytes: own } of state.items) if (entry.offset > complete) bytes += own;
  const over = (timestamp: number) =>
    newest - complete > size || bytes > maxLogBytes || timestamp + ttlMs <= now;
  for (const held of state.items) {
    if (held.entry.offset <= complete) continue;
    if (!over(held.entry.timestamp)) return complete;
    complete = held.entry.offset;
    bytes -= held.bytes;
  }
  for (const [index, { entry, bytes: own }] of added.entries()) {
    if (!over(entry.timestamp)) return complete;
    complete = state.offset + index + 1;
    bytes -= own;
  }
  return complete;
}

function tableComplete(state: ChannelState, added: readonly Candidate[]): number {
  const last = new Map<string, { readonly removed: boolean; readonly offset: number }>();
  for (const [index, { entry }] of added.entries()) {
    const key = entry.key ?? "";
    last.delete(key); // in the order of offsets
    last.set(key, { removed: entry.removed === true, offset: state.offset + index + 1 });
  }
  let living = state.rows.size;
  let removed = state.removed.size;
  for (const [key, row] of last) {
    living += Number(!row.removed) - Number(state.rows.has(key));
    removed += Number(row.removed) - Number(state.removed.has(key));
  }
  let surplus = removed - Math.max(living, MIN_TOMBSTONES);
  if (surplus <= 0) return state.complete;
  for (const [key, { entry }] of state.removed) {
    if (last.has(key)) continue;
    surplus -= 1;
    if (surplus === 0) return entry.offset;
  }
  for (const row of last.values()) {
    if (!row.removed) continue;
    surplus -= 1;
    if (surplus === 0) return row.offset;
  }
  return state.complete;
}
