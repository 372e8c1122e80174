/** Runs tasks of one key one after the other, tasks of different keys side by side. */
export interface KeyedQueue {
  /** Tasks that have not finished. */
  readonly size: number;
  /** The task must not reject. */
  run(key: string, task: () => Promise<void>): void;
}

/** An empty queue. */
export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<void>>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    run(key, task) {
      size += 1;
      const before = tails.get(key);
      const tail = (before ? before.then(task) : task()).then(() => {
        size -= 1;
        if (tails.get(key) === tail) tails.delete(key);
      });
      tails.set(key, tail);
    },
  };
}
