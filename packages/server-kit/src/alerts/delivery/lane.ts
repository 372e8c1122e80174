import type { Clock } from "../../clock.js";
import type { Logger } from "../../logger.js";
import { adviceOf, retryDelay } from "./backoff.js";
import type { DeliveryStore } from "./delivery-store.js";
import type { AlertSink, Delivery } from "./sink.js";

/** What all lanes of a dispatcher share. */
export interface LaneContext {
  readonly store: Pick<DeliveryStore, "due" | "delivered" | "failed" | "endClaims" | "nextDueAt">;
  readonly owner: string;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** Delivers to one sink. */
export interface Lane {
  wake(): void;
  flush(): Promise<boolean>;
  close(): Promise<void>;
}

/** How long to leave a database alone that fails, milliseconds. */
const STORE_RETRY_MS = 1_000;

/** Creates the lane of one sink, and begins with what is due. */
export function createLane(
  sink: AlertSink,
  { store, owner, concurrency, timeoutMs, clock, random, logger }: LaneContext,
): Lane {
  const { name, batch = 1, retry = {} } = sink;
  // Longer than a chain can take, so that it ends only with its owner; no longer, for another has to wait for it.
  const claim = { owner, batch, ttlMs: 2 * timeoutMs + 30_000 };
  let closed = false;
  /** What has to hear that the lane is closed. */
  const callOffs = new Set<() => void>();
  const underWay = new Set<Promise<void>>();
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let begun = false;
  let cancelTimer: () => void = () => {};
  let idle: (() => void)[] = [];

  /** Looks for what is due until there is nothing, or as much as may be is under way. */
  async function look(): Promise<void> {
    cancelTimer();
    try {
      if (!begun) await store.endClaims(name, owner);
      begun = true;
      do {
        lookAgain = false;
        const room = concurrency - underWay.size;
        const deliveries = room > 0 ? await store.due(name, room, claim) : [];
        if (closed) return;
        for (const chain of byRecipient(deliveries)) begin(chain);
        if (deliveries.length > 0 && underWay.size < concurrency) lookAgain = true;
      } while (lookAgain);
      if (underWay.size < concurrency) await sleepUntilDue();
    } catch (error) {
      logger.error({ err: error, sink: name }, "cannot read deliveries; will retry");
      sleep(STORE_RETRY_MS);
    }
  }

  async function sleepUntilDue(): Promise<void> {
    const dueAt = await store.nextDueAt(name);
    // What is due by now is being claimed by somebody else this moment.
    if (dueAt !== undefined) sleep(Math.max(100, dueAt - clock.now()));
  }

  function sleep(ms: number): void {
    cancelTimer();
    if (!closed) cancelTimer = clock.after(Math.min(ms, 2 ** 31 - 1), wake);
  }

  function wake(): void {
    if (closed) return;
    lookAgain = true;
    looking ??= look().finally(() => {
      looking = undefined;
      if (lookAgain) wake();
      else settleIdle();
    });
  }

  function settleIdle(): void {
    if (looking || underWay.size > 0) return;
    for (const resolve of idle) resolve();
    idle = [];
  }

  function begin(chain: readonly Delivery[]): void {
    const task = deliverAll(chain).finally(() => {
      underWay.delete(task);
      wake(); // this recipient's next, or somebody for whom there was no room
      settleIdle();
    });
    underWay.add(task);
  }

  /** Stores what became of a delivery, as often as it takes: until then it keeps its claim. */
  async function note(task: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await task();
      } catch (error) {
        logger.error({ err: error, sink: name }, "what became of a delivery is not stored");
        if (closed) return; // it goes out once more after the next start
        await pause(STORE_RETRY_MS);
      }
    }
  }

  /** Waits, but not longer than until the lane is closed. */
  async function pause(ms: number): Promise<void> {
    let wakeUp = () => {};
    const over = new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
    const cancel = clock.after(ms, wakeUp);
    callOffs.add(wakeUp);
    await over;
    callOffs.delete(wakeUp);
    cancel();
  }

  /** Deliveries to one recipient, in order; the first that fails is the last that is tried. */
  async function deliverAll(chain: readonly Delivery[]): Promise<void> {
    const arrived: string[] = [];
    const until = clock.now() + timeoutMs;
    let failure: { readonly delivery: Delivery; readonly error: unknown } | undefined;
    for (const delivery of chain) {
      if (clock.now() > until) break; // what is left is due again at once
      try {
        await attempt(delivery);
        arrived.push(delivery.id);
      } catch (error) {
        failure = { delivery, error };
        break;
      }
    }
    if (arrived.length > 0) await note(() => store.delivered(arrived));
    if (failure && !closed) await fail(failure.delivery, failure.error);
  }

  async function fail({ id, notification, attempt }: Delivery, error: unknown): Promise<void> {
    const { retryable, retryAfterMs } = adviceOf(error);
    const wait = Math.max(retryDelay(attempt, retry, random()), retryAfterMs);
    const { giveUpAfterMs = Number.POSITIVE_INFINITY } = retry;
    const retryAt = clock.now() + wait;
    const again = retryable && retryAt < notification.updatedAt + giveUpAfterMs;
    const fields = { err: error, sink: name, delivery: id, attempt };
    if (again) logger.warn({ ...fields, retryInMs: wait }, "alert not delivered; will retry");
    else logger.error(fields, "alert not delivered; given up");
    await note(() => store.failed(id, textOf(error), again ? retryAt : undefined));
  }

  /** Ends with the time or with the dispatcher, even where the sink does not. */
  async function attempt(delivery: Delivery): Promise<void> {
    const own = new AbortController();
    const callOff = () => own.abort(new Error("the dispatcher was closed"));
    callOffs.add(callOff);
    if (closed) callOff();
    const cancelTimeout = clock.after(timeoutMs, () =>
      own.abort(new Error(`took longer than ${timeoutMs} ms`)),
    );
    const aborted = new Promise<never>((_, reject) => {
      own.signal.addEventListener("abort", () => reject(own.signal.reason));
    });
    aborted.catch(() => {});
    try {
      own.signal.throwIfAborted();
      await Promise.race([sink.deliver(delivery, own.signal), aborted]);
    } finally {
      cancelTimeout();
      callOffs.delete(callOff);
    }
  }

  wake();

  return {
    wake,
    async flush() {
      if (closed) return false;
      const settled = new Promise<void>((resolve) => idle.push(resolve));
      wake();
      await settled;
      try {
        return (await store.nextDueAt(name)) === undefined;
      } catch (error) {
        logger.error({ err: error, sink: name }, "cannot read deliveries");
        return false;
      }
    },
    async close() {
      closed = true;
      for (const callOff of callOffs) callOff();
      cancelTimer();
      await looking;
      await Promise.all(underWay);
      cancelTimer();
      settleIdle();
      try {
        await store.endClaims(name, owner);
      } catch (error) {
        logger.warn({ err: error, sink: name }, "claims end by themselves");
      }
    },
  };
}

function byRecipient(deliveries: readonly Delivery[]): Iterable<readonly Delivery[]> {
  const chains = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const chain = chains.get(delivery.recipient);
    if (chain) chain.push(delivery);
    else chains.set(delivery.recipient, [delivery]);
  }
  return chains.values();
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
