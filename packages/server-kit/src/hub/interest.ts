import type { Broker } from "../store/broker.js";

/** Tells the broker which channels have readers here. */
export interface Interest {
  /** A channel got its first reader, or lost its last. */
  changed(channel: string, wanted: boolean): void;
  /** Resolves when everything said about a channel so far has been carried out. Rejects when that failed. */
  settled(channel: string): Promise<void>;
}

/** Changes of one channel go to the broker one after the other, so that the last word is the one that counts. */
export function createInterest(
  broker: Broker,
  onFailure: (error: unknown, channel: string) => void,
): Interest {
  const pending = new Map<string, Promise<void>>();
  return {
    changed(channel, wanted) {
      const before = pending.get(channel) ?? Promise.resolve();
      const change = before
        .catch(() => {}) // its failure was reported to whoever waited for it
        .then(() => (wanted ? broker.subscribe(channel) : broker.unsubscribe(channel)));
      pending.set(channel, change);
      change
        .catch((error) => onFailure(error, channel))
        .finally(() => {
          if (pending.get(channel) === change) pending.delete(channel);
        });
    },
    settled: (channel) => pending.get(channel) ?? Promise.resolve(),
  };
}
