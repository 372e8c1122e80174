import { type Clock, systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import type { AlertStore, Recorded } from "./alert-store.js";
import type { Trigger } from "./evaluator.js";

/** Settings of {@link createRecorder}. */
export interface RecorderOptions {
  readonly store: Pick<AlertStore, "record">;
  /** Called after each commit. */
  readonly onRecorded: (recorded: Recorded) => void;
  /** How long to wait after a failure, milliseconds. Default 1,000. */
  readonly retryMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** Stores triggers in the order they came. Those that come while a commit is under way share the next one. */
export interface Recorder {
  add(triggers: readonly Trigger[]): void;
  /** Resolves when everything added before is stored (`true`), or when storing it failed (`false`). */
  flush(): Promise<boolean>;
  /** Calls off the next attempt. */
  close(): void;
  /** How many triggers wait to be stored. */
  readonly backlog: number;
  /** Whether the last attempt failed. */
  readonly failing: boolean;
}

/** Most triggers in one transaction, so that a burst does not hold the database for long. */
const BATCH = 500;

/** Creates a recorder. What cannot be stored is kept and tried again, in order: an alert is never given up. */
export function createRecorder({
  store,
  onRecorded,
  retryMs = 1_000,
  clock = systemClock,
  logger = silentLogger,
}: RecorderOptions): Recorder {
  const queue: Trigger[] = [];
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

  async function run(): Promise<void> {
    if (busy) return;
    busy = true;
    cancelRetry();
    try {
      while (queue.length > 0) {
        const batch = queue.slice(0, BATCH);
        const recorded = await store.record(batch);
        queue.splice(0, batch.length);
        failing = false;
        onRecorded(recorded);
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
    add(triggers) {
      if (triggers.length === 0) return;
      queue.push(...triggers);
      added += triggers.length;
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
