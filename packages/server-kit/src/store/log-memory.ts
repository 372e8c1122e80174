import type { StoredEntry } from "./history-store.js";
import type { Kept } from "./kept-memory.js";

/**
 * Keeps the newest events of a `log`. Offsets have no holes, so a position is an index; dropping moves the head,
 * and the dead front is cut off once it is as long as the living rest.
 */
export function keptLog(): Kept {
  const slots: (StoredEntry | undefined)[] = [];
  const sizes: number[] = [];
  let head = 0;
  let bytes = 0;
  let complete = 0;
  let ttlMs = Number.POSITIVE_INFINITY;

  function dropOldest(): void {
    complete += 1;
    bytes -= sizes[head] ?? 0;
    slots[head] = undefined; // the entry is free at once, the slot when the front is cut off
    head += 1;
    if (head * 2 < slots.length) return;
    slots.splice(0, head);
    sizes.splice(0, head);
    head = 0;
  }

  return {
    mode: "log",
    get bytes() {
      return bytes;
    },
    get complete() {
      return complete;
    },
    add(entry, size, keep) {
      slots.push(entry);
      sizes.push(size);
      bytes += size;
      if (keep.mode !== "log") return;
      ttlMs = keep.ttlMs;
      while (slots.length - head > keep.size) dropOldest();
    },
    // Only from the front: an event that a wrong clock dated back is kept as long as the ones before it,
    // because a hole would be a loss that `complete` cannot tell.
    expire(now) {
      for (let oldest = slots[head]; oldest; oldest = slots[head]) {
        if (oldest.timestamp + ttlMs > now) return;
        dropOldest();
      }
    },
    shrink(limit) {
      while (bytes > limit && slots.length > head) dropOldest();
    },
    read({ after = 0, limit = Number.POSITIVE_INFINITY, newest = false }) {
      const start = head + Math.max(0, after - complete);
      const from = newest ? Math.max(start, slots.length - limit) : start;
      const entries = slots.slice(
        from,
        newest ? slots.length : Math.min(slots.length, from + limit),
      );
      return entries.filter((entry) => entry !== undefined);
    },
  };
}
