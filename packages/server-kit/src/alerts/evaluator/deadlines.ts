/** What is to be done at which time, the earliest first. */
export interface Deadlines<T> {
  add(at: number, item: T): void;
  /** Takes out the earliest whose time is before `at`, or at it where `inclusive`; `undefined` when there is none. */
  take(at: number, inclusive: boolean): Due<T> | undefined;
  readonly size: number;
}

/** One deadline that has come. */
export interface Due<T> {
  readonly at: number;
  readonly item: T;
}

/** A binary heap. Nothing is ever taken out early: whoever is asked finds out whether it still matters. */
export function createDeadlines<T>(): Deadlines<T> {
  const heap: Due<T>[] = [];
  const timeAt = (index: number) => heap[index]?.at ?? Number.POSITIVE_INFINITY;

  function swap(a: number, b: number): void {
    const first = heap[a];
    const second = heap[b];
    if (first === undefined || second === undefined) return;
    heap[a] = second;
    heap[b] = first;
  }

  function rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (timeAt(parent) <= timeAt(index)) return;
      swap(parent, index);
      index = parent;
    }
  }

  function sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const child = timeAt(left + 1) < timeAt(left) ? left + 1 : left;
      if (timeAt(child) >= timeAt(index)) return;
      swap(child, index);
      index = child;
    }
  }

  return {
    add(at, item) {
      heap.push({ at, item });
      rise(heap.length - 1);
    },
    take(at, inclusive) {
      const first = heap[0];
      if (first === undefined || first.at > at || (first.at === at && !inclusive)) return undefined;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) {
        heap[0] = last;
        sink();
      }
      return first;
    },
    get size() {
      return heap.length;
    },
  };
}
