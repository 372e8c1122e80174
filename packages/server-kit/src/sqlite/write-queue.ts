import { mustBeOpen, type SqliteLike } from "./database.js";
import { explainBusy } from "./errors.js";

/** Gathers what wants to be written and commits it together: one wait for the disk serves them all. */
export interface WriteQueue {
  /** Runs `job` in a transaction soon; resolves with its result when the commit is done. Jobs keep their order. */
  write<T>(job: () => T): Promise<T>;
  /** Resolves when everything handed in so far has been committed or refused. */
  settled(): Promise<void>;
}

interface Job {
  run(): void;
  committed(): void;
  failed(error: unknown): void;
}

const queues = new WeakMap<SqliteLike, WriteQueue>();

/** The queue of a connection. All stores on one connection share it, so their transactions never mix. */
export function writeQueue(db: SqliteLike): WriteQueue {
  const queue = queues.get(db) ?? createWriteQueue(db);
  queues.set(db, queue);
  return queue;
}

function createWriteQueue(db: SqliteLike): WriteQueue {
  let waiting: Job[] = [];

  function commit(jobs: readonly Job[]): void {
    try {
      inTransaction(db, "IMMEDIATE", () => {
        for (const job of jobs) job.run();
      });
    } catch (error) {
      // One job that cannot be done must not take the others down with it.
      if (jobs.length > 1) for (const job of jobs) commit([job]);
      else for (const job of jobs) job.failed(explainBusy(error));
      return;
    }
    for (const job of jobs) job.committed();
  }

  function flush(): void {
    if (db.open !== false && db.inTransaction) {
      setImmediate(flush); // somebody else's, on this connection: ours begins when it has ended
      return;
    }
    const jobs = waiting;
    waiting = [];
    commit(jobs);
  }

  function write<T>(job: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: T;
      waiting.push({
        run: () => {
          result = job();
        },
        committed: () => resolve(result),
        failed: reject,
      });
      // Not a microtask: what arrives from all sockets in this round of the event loop shares the commit.
      if (waiting.length === 1) setImmediate(flush);
    });
  }

  return {
    write,
    settled: async () => {
      if (waiting.length > 0) await write(() => {}).catch(() => {}); // each job has its own answer
    },
  };
}

/** Runs `work` between begin and commit, and takes it back when it throws. */
export function inTransaction<T>(db: SqliteLike, mode: "IMMEDIATE" | "DEFERRED", work: () => T): T {
  mustBeOpen(db);
  db.exec(`BEGIN ${mode}`);
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

function rollBack(db: SqliteLike): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // A full disk makes SQLite roll back by itself; what matters is the error that led here.
  }
}
