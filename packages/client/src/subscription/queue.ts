import { QueueOverflowError } from "../errors.js";

/** What a loop may lose when it is slower than the channel. */
export interface QueuePolicy<Item> {
  /** Items with equal keys replace each other; `undefined` never does. */
  readonly keyOf: (item: Item) => unknown;
  /** Most items waiting. */
  readonly limit: number;
  /** Past the limit the loop either ends with an error or does not see the newest item. */
  readonly overflow: "fail" | "drop-newest";
}

/** Events waiting for a `for await` loop. */
export interface Queue<Item> extends AsyncIterator<Item, undefined> {
  push(item: Item): void;
  /** No more items come; the loop ends after those that wait, with `error` if there is one. */
  end(error?: Error): void;
}

interface Waiter<Item> {
  readonly resolve: (result: IteratorResult<Item, undefined>) => void;
  readonly reject: (error: Error) => void;
}

interface Over {
  error: Error | undefined;
}

/** An error ends one `next`, whoever asks afterwards is told that there is no more. */
function finish<Item>({ resolve, reject }: Waiter<Item>, over: Over): void {
  const { error } = over;
  over.error = undefined;
  if (error) reject(error);
  else resolve({ done: true, value: undefined });
}

export function createQueue<Item>(
  { keyOf, limit, overflow }: QueuePolicy<Item>,
  onReturn: () => void,
): Queue<Item> {
  const items = new Map<unknown, Item>(); // in order of insertion
  const waiters: Waiter<Item>[] = [];
  let count = 0;
  let over: Over | undefined;

  function end(error?: Error): void {
    if (over) return;
    over = { error };
    for (const waiter of waiters.splice(0)) finish(waiter, over);
  }

  return {
    push(item) {
      if (over) return;
      const waiter = waiters.shift();
      if (waiter) return waiter.resolve({ done: false, value: item });
      count += 1;
      const key = keyOf(item) ?? count;
      items.delete(key); // a newer one goes to the end
      if (items.size < limit) items.set(key, item);
      else if (overflow === "fail") {
        end(new QueueOverflowError(`the loop is ${limit} events behind; do less in it`));
      }
    },
    end,
    next: () =>
      new Promise((resolve, reject) => {
        for (const [key, value] of items) {
          items.delete(key);
          return resolve({ done: false, value });
        }
        const waiter = { resolve, reject };
        if (over) finish(waiter, over);
        else waiters.push(waiter);
      }),
    async return() {
      items.clear();
      end();
      onReturn();
      return { done: true, value: undefined };
    },
  };
}
