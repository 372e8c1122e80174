/** Tasks that run, and those that wait for them. There is one for each connection, and most of the time it is empty. */
export interface KeyedQueue {
  /** What ends last, by key; `undefined` while nothing runs. */
  tails: Map<string, Promise<void>> | undefined;
}

/** Runs tasks of one key one after the other, tasks of different keys side by side. The task must not reject. */
export function runInOrder(queue: KeyedQueue, key: string, task: () => Promise<void>): void {
  queue.tails ??= new Map();
  const { tails } = queue;
  const before = tails.get(key);
  const tail = (before ? before.then(task) : task()).then(() => {
    if (tails.get(key) === tail) tails.delete(key);
    if (tails.size === 0 && queue.tails === tails) queue.tails = undefined;
  });
  tails.set(key, tail);
}
