import { TocsinError } from "@tocsin/protocol";

/** What a queue of batches works with. */
export interface BatchParts<J, R> {
  /** Does the jobs in their order, as one step, and answers with as many results. */
  run(key: string, jobs: readonly J[]): Promise<readonly R[]>;
  /** Whether a job may be done in one step with the ones before it. */
  fits(before: readonly J[], job: J): boolean;
  /** Most jobs that wait, over all keys. */
  readonly maxWaiting: number;
  /** The error of a job for which there is no room. */
  full(): Error;
}

/** Does the jobs of each key one after the other, and what has gathered meanwhile in one step. */
export interface Batches<J, R> {
  add(key: string, job: J): Promise<R>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

interface Waiting<J, R> {
  readonly job: J;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Makes one. When a step fails in a way that would hit the next one as well, because nobody answers, what waits for
 * the same key is given up with it: nobody waits for one timeout after another.
 */
export function createBatches<J, R>(parts: BatchParts<J, R>): Batches<J, R> {
  const queues = new Map<string, Waiting<J, R>[]>();
  const loops = new Set<Promise<void>>();
  let waiting = 0;

  function take(queue: Waiting<J, R>[]): Waiting<J, R>[] {
    const jobs: J[] = [];
    for (const { job } of queue) {
      if (jobs.length > 0 && !parts.fits(jobs, job)) break;
      jobs.push(job);
    }
    waiting -= jobs.length;
    return queue.splice(0, jobs.length);
  }

  async function work(key: string, queue: Waiting<J, R>[]): Promise<void> {
    await Promise.resolve(); // whatever is asked for in this turn shares the first step
    while (queue.length > 0) {
      const batch = take(queue);
      try {
        const results = await parts.run(
          key,
          batch.map(({ job }) => job),
        );
        for (const [index, { resolve }] of batch.entries()) resolve(results[index] as R);
      } catch (error) {
        for (const { reject } of batch) reject(error);
        if (!(error instanceof TocsinError && error.retryable)) continue;
        waiting -= queue.length;
        for (const { reject } of queue.splice(0)) reject(error);
      }
    }
    queues.delete(key);
  }

  return {
    add(key, job) {
      if (waiting >= parts.maxWaiting) return Promise.reject(parts.full());
      return new Promise<R>((resolve, reject) => {
        const queue = queues.get(key);
        waiting += 1;
        if (queue) {
          queue.push({ job, resolve, reject });
          return;
        }
        const first = [{ job, resolve, reject }];
        queues.set(key, first);
        const loop = work(key, first);
        loops.add(loop);
        void loop.finally(() => loops.delete(loop));
      });
    },
    async settled() {
      while (loops.size > 0) await Promise.all(loops);
    },
  };
}
