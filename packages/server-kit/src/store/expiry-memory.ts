/** Something that ends at a moment. */
export interface Expiring {
  readonly expiresAt: number;
}

/** Items by the moment they end. Lifetimes differ, so the order in which they came is not the order they go. */
export interface ExpiryQueue<T extends Expiring> {
  readonly size: number;
  add(item: T): void;
  /** Takes out the item that ends first, if it has ended at `now`. */
  takeExpired(now: number): T | undefined;
  /** Keeps only the items that pass. */
  retain(keep: (item: T) => boolean): void;
}

/** A binary heap: adding and taking cost the logarithm of the number of items. */
export function expiryQueue<T extends Expiring>(): ExpiryQueue<T> {
  let heap: T[] = [];
  const endOf = (index: number) => heap[index]?.expiresAt ?? Number.POSITIVE_INFINITY;

  function add(item: T): void {
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.expiresAt <= item.expiresAt) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = item;
  }

  function sinkFromTop(item: T): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const least = endOf(left + 1) < endOf(left) ? left + 1 : left;
      const below = heap[least];
      if (below === undefined || below.expiresAt >= item.expiresAt) break;
      heap[index] = below;
      index = least;
    }
    heap[index] = item;
  }

  return {
    get size() {
      return heap.length;
    },
    add,
    takeExpired(now) {
      const [first] = heap;
      if (first === undefined || first.expiresAt > now) return undefined;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sinkFromTop(last);
      return first;
    },
    retain(keep) {
      const kept = heap.filter(keep);
      heap = [];
      for (const item of kept) add(item);
    },
  };
}
