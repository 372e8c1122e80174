import { type Clock, systemClock } from "../../clock.js";
import { type Logger, silentLogger } from "../../logger.js";
import { LeaseLostError } from "../errors.js";
import type { Recorded, TransitionStore } from "../store/alert-store.js";
import type { Lease } from "../store/lease-store.js";
import type { Transition } from "../transition.js";

/** Settings of {@link createRecorder}. */
export interface RecorderOptions {
  readonly store: Pick<TransitionStore, "record">;
  /** Something was stored. */
  readonly onRecorded: (recorded: Recorded) => void;
  /** How long to wait after a failure, milliseconds. Default 1,000. */
  readonly retryMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** Stores transitions in the order they came. Those that come while a commit is under way share the next one. */
export interface Recorder {
  /** `lease` is the right under which they were found; without it they are nobody else's. */
  add(transitions: readonly Transition[], lease?: Lease): void;
  /** Resolves when everything added before is stored or was lost with its lease (`true`), or storing failed. */
  flush(): Promise<boolean>;
  /** Calls off the next attempt. */
  close(): void;
  /** How many transitions wait to be stored. */
  readonly backlog: number;
  /** Whether the last attempt failed. */
  readonly failing: boolean;
}

interface Waiting {
  readonly transition: Transition;
  readonly lease: Lease | undefined;
}

/** Most transitions in one transaction, so that a burst does not hold the database for long. */
const BATCH = 500;

/** Creates a recorder. What cannot be stored is kept and tried again, in order: an alert is never given up. */
export function createRecorder({
  store,
  onRecorded,
  retryMs = 1_000,
  clock = systemClock,
  logger = silentLogger,
}: RecorderOptions): Recorder {
  const queue: Waiting[] = [];
  let added = 0;
  let waiting: { readonly upTo: number; readonly resolve: (stored: boolean) => void }[] = [];
  let busy = false;
  let failing = false;
  let closed = false;
  let cancelRetry: () => void = () => {};

  function settle(): void {
    const stored = added - queue.length;
    const ready = waiting.filter(({ upTo }) => failing || upTo <= stored);
    waiting = waiting.filter(({ upTo }) => !failing && upTo > stored);
    for (const { upTo, resolve } of ready) resolve(upTo <= stored);
  }

  /** The oldest that belong to one lease: a transaction is refused whole when its lease is lost. */
  function nextBatch(): readonly Waiting[] {
    const lease = queue[0]?.lease;
    const end = queue.findIndex(
      (entry) => entry.lease?.token !== lease?.token || entry.lease?.partition !== lease?.partition,
    );
    return queue.slice(0, Math.min(end < 0 ? queue.length : end, BATCH));
  }

  async function storeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const lease = batch[0]?.lease;
      onRecorded(
        await store.record(
          batch.map(({ transition }) => transition),
          lease,
        ),
      );
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      // Whoever took the symbols over evaluates the same ticks; storing these as well would be twice.
      logger.warn({ err: error, dropped: batch.length }, "symbols are another worker's now");
    }
  }

  async function run(): Promise<void> {
    if (busy) return;
    busy = true;
    cancelRetry();
    try {
      while (queue.length > 0) {
        const batch = nextBatch();
        await storeBatch(batch);
        queue.splice(0, batch.length);
        failing = false;
        settle();
      }
    } catch (error) {
      failing = true;
      logger.error({ err: error, backlog: queue.length }, "alerts not stored; will retry");
      settle();
      if (!closed) cancelRetry = clock.after(retryMs, () => void run());
    } finally {
      busy = false;
    }
  }

  return {
    add(transitions, lease) {
      if (transitions.length === 0) return;
      for (const transition of transitions) queue.push({ transition, lease });
      added += transitions.length;
      // While failing, the retry is already set; more work must not turn it into a busy loop.
      if (!failing) void run();
    },
    flush() {
      if (queue.length === 0) return Promise.resolve(true);
      const stored = new Promise<boolean>((resolve) => waiting.push({ upTo: added, resolve }));
      void run();
      return stored;
    },
    close() {
      closed = true;
      cancelRetry();
    },
    get backlog() {
      return queue.length;
    },
    get failing() {
      return failing;
    },
  };
}
