import { type Clock, systemClock } from "../../clock.js";
import { type Logger, silentLogger } from "../../logger.js";
import type { DeliveryStore } from "./delivery-store.js";
import { createLane, type Lane } from "./lane.js";
import type { AlertSink } from "./sink.js";

/** Settings of {@link createDispatcher}. */
export interface DispatcherOptions {
  readonly store: Pick<DeliveryStore, "due" | "delivered" | "failed" | "endClaims" | "nextDueAt">;
  readonly sinks: readonly AlertSink[];
  /**
   * Names this process among those that share the database, the same after a restart, as a host name is. Two with
   * one name may deliver something twice at the start. Default `"dispatcher"`.
   */
  readonly owner?: string;
  /** To how many recipients of one sink at once. Default 16. */
  readonly concurrency?: number;
  /** After how long a delivery counts as failed, milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** Spreads what is tried again, in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  readonly logger?: Logger;
}

/** Hands stored notifications on, from the database: what was stored goes out, also after a crash. */
export interface Dispatcher extends AsyncDisposable {
  /** Something may have been stored. Returns at once. */
  wake(): void;
  /** Tries everything that is due; resolves with whether nothing waits any more. Never rejects. */
  flush(): Promise<boolean>;
  /** Stops. What is under way is called off, stays stored, and goes out after the next start. */
  close(): Promise<void>;
}

/**
 * Creates the dispatcher of a store, and begins with what is due. Deliveries to one recipient go out in order; one
 * that fails holds back this recipient's later ones and nobody else's. Each arrives at least once, under an id that
 * stays the same, so that the other side can make it once.
 */
export function createDispatcher({
  store,
  sinks,
  owner = "dispatcher",
  concurrency = 16,
  timeoutMs = 30_000,
  clock = systemClock,
  random = Math.random,
  logger = silentLogger,
}: DispatcherOptions): Dispatcher {
  const shared = { store, owner, concurrency, timeoutMs, clock, random, logger };
  const lanes: readonly Lane[] = sinks.map((sink) => createLane(sink, shared));
  const close = async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
  };
  return {
    wake() {
      for (const lane of lanes) lane.wake();
    },
    async flush() {
      const done = await Promise.all(lanes.map((lane) => lane.flush()));
      return done.every(Boolean);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
