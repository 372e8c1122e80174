import type { StoredEntry } from "./history-store.js";
import { type Kept, limited } from "./kept-memory.js";
import { oldestKey } from "./oldest-key.js";

/** A table remembers at least so many removed rows, and more when it has more rows. */
export const MIN_TOMBSTONES = 1_000;

/**
 * Keeps the newest version of each row, and of removed rows that they are gone. Versions stand in offset order; a
 * replaced one leaves an empty slot, and the slots are closed up once half of them are empty.
 */
export function keptTable(): Kept {
  let slots: (StoredEntry | undefined)[] = [];
  let sizes: number[] = [];
  const rows = new Map<string, number>(); // row key to slot
  const removed = new Map<string, StoredEntry>(); // in offset order, for a key is taken out before it returns
  const oldestRemoved = oldestKey(removed);
  let bytes = 0;
  let complete = 0;

  function forgetRow(key: string): void {
    const slot = rows.get(key);
    if (slot === undefined) return;
    bytes -= sizes[slot] ?? 0;
    slots[slot] = undefined;
  }

  function forgetTombstone(key: string): void {
    const entry = removed.get(key);
    if (entry === undefined) return;
    bytes -= tombstoneBytes(key);
    removed.delete(key);
  }

  function closeUp(): void {
    const living: StoredEntry[] = [];
    const livingSizes: number[] = [];
    for (const [slot, entry] of slots.entries()) {
      if (entry === undefined) continue;
      rows.set(entry.key ?? "", living.length);
      living.push(entry);
      livingSizes.push(sizes[slot] ?? 0);
    }
    slots = living;
    sizes = livingSizes;
  }

  function dropOldTombstones(limit: number): void {
    while (removed.size > limit) {
      const key = oldestRemoved() ?? "";
      complete = removed.get(key)?.offset ?? complete;
      forgetTombstone(key);
    }
  }

  return {
    mode: "table",
    get bytes() {
      return bytes;
    },
    get complete() {
      return complete;
    },
    add(entry, size) {
      const key = entry.key ?? "";
      forgetRow(key);
      forgetTombstone(key);
      if (entry.removed) {
        rows.delete(key);
        removed.set(key, entry);
        bytes += tombstoneBytes(key);
      } else {
        rows.set(key, slots.length);
        slots.push(entry);
        sizes.push(size);
        bytes += size;
      }
      dropOldTombstones(Math.max(rows.size, MIN_TOMBSTONES));
      if (slots.length > 2 * rows.size + 16) closeUp();
    },
    expire() {},
    shrink(limit) {
      if (bytes > limit) dropOldTombstones(0);
    },
    read(query) {
      const { after } = query;
      if (after === undefined) return limited(slots.filter(isEntry), query);
      const changed: StoredEntry[] = [];
      // The newest versions are at the end: a reader that missed little costs little.
      for (let slot = slots.length - 1; slot >= 0; slot -= 1) {
        const entry = slots[slot];
        if (entry && entry.offset <= after) break;
        if (entry) changed.push(entry);
      }
      for (const entry of removed.values()) if (entry.offset > after) changed.push(entry);
      return limited(
        changed.sort((a, b) => a.offset - b.offset),
        query,
      );
    },
  };
}

function isEntry(entry: StoredEntry | undefined): entry is StoredEntry {
  return entry !== undefined;
}

function tombstoneBytes(key: string): number {
  return 64 + 2 * key.length;
}
