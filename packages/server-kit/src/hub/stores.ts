import type { AnyContract } from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import type { Logger } from "../logger.js";
import type { Broker } from "../store/broker.js";
import { memoryBroker } from "../store/broker-memory.js";
import { memoryDedupStore } from "../store/dedup-memory.js";
import type { DedupStore } from "../store/dedup-store.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import type { HistoryStore } from "../store/history-store.js";
import { memoryPresenceStore } from "../store/presence-memory.js";
import type { PresenceStore } from "../store/presence-store.js";
import type { HubOptions } from "./options.js";

/** The stores of a hub, and how to close those it made itself. */
export interface Stores {
  readonly history: HistoryStore;
  readonly dedup: DedupStore;
  readonly presence: PresenceStore;
  readonly broker: Broker;
  disposeOwn(): Promise<void>;
}

/** Takes the stores handed in, and makes the others in memory. Whoever made a store closes it. */
export function resolveStores(
  options: Pick<HubOptions<AnyContract>, "history" | "dedup" | "presence" | "broker">,
  { now }: Clock,
  logger: Logger,
): Stores {
  const own: AsyncDisposable[] = [];
  const keep = <S extends AsyncDisposable>(store: S): S => {
    own.push(store);
    return store;
  };
  return {
    history: options.history ?? keep(memoryHistoryStore({ now })),
    dedup:
      options.dedup ??
      keep(
        memoryDedupStore({
          now,
          onForgotten: (key) =>
            logger.warn({ key }, "idempotency key forgotten early: too many at once"),
        }),
      ),
    presence: options.presence ?? keep(memoryPresenceStore({ now })),
    broker: options.broker ?? keep(memoryBroker({ logger })),
    async disposeOwn() {
      for (const store of own) await store[Symbol.asyncDispose]();
    },
  };
}
