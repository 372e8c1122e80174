/** Rung whenever something happened; whoever waits for a condition looks again. No polling, no sleeping. */
export interface Bell {
  ring(): void;
  /** Resolves as soon as `ready` holds; rejects with what is missing when it does not within `withinMs`. */
  until(ready: () => boolean, withinMs: number, what: string): Promise<void>;
}

interface Waiter {
  readonly ready: () => boolean;
  readonly done: () => void;
}

export function createBell(): Bell {
  const waiters = new Set<Waiter>();
  return {
    ring() {
      for (const waiter of waiters) if (waiter.ready()) waiter.done();
    },
    until: (ready, withinMs, what) =>
      new Promise((resolve, reject) => {
        if (ready()) return resolve();
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          reject(new Error(`waited ${withinMs} ms in vain: ${what}`));
        }, withinMs);
        const waiter: Waiter = {
          ready,
          done() {
            clearTimeout(timer);
            waiters.delete(waiter);
            resolve();
          },
        };
        waiters.add(waiter);
      }),
  };
}

/** Asks again and again, for conditions in another process that nobody rings for. Returns how long it took. */
export async function poll(
  ready: () => Promise<boolean>,
  withinMs: number,
  what: string,
  everyMs = 10,
): Promise<number> {
  const start = performance.now();
  while (!(await ready())) {
    if (performance.now() - start > withinMs) {
      throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return performance.now() - start;
}
