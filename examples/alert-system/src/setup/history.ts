import {
  type AppendedOnce,
  type HistoryStore,
  memoryDedupStore,
  memoryHistoryStore,
} from "@tocsin/server-kit";
import type { SqliteHistoryStore } from "@tocsin/server-kit/sqlite";

/** What a reader that was away wants to find: alerts and news. */
const isKept = (channel: string) => channel.startsWith("alerts:") || channel === "news";

/**
 * Keeps inboxes and news where a restart finds them, and prices in memory: a price is worth nothing after a restart,
 * and writing thousands of them to disk would be paid for by the alerts. So it is with keys: what is told once is
 * told once over a restart.
 */
export function historyOf(inboxes: SqliteHistoryStore, now: () => number): HistoryStore {
  const memory = memoryHistoryStore({ now });
  const keys = memoryDedupStore({ now });
  const storeOf = (channel: string) => (isKept(channel) ? inboxes : memory);
  return {
    durability: memory.durability, // the least of the two is what can be promised for all
    append: (channel, entry, keep) => storeOf(channel).append(channel, entry, keep),
    async appendOnce(channel, entry, keep, once): Promise<AppendedOnce> {
      if (isKept(channel)) return inboxes.appendOnce(channel, entry, keep, once);
      // No crash can come between: it would take both away.
      const claim = await keys.claim(once.key, once.ttlMs);
      if (claim.won) {
        const position = await memory.append(channel, entry, keep);
        await keys.settle(once.key, JSON.stringify(position), claim.token);
        return { ...position, duplicate: false };
      }
      if (claim.value === undefined) throw new Error(`${channel}: the first of two is under way`);
      return { ...JSON.parse(claim.value), duplicate: true };
    },
    read: (channel, query) => storeOf(channel).read(channel, query),
    [Symbol.asyncDispose]: () => memory[Symbol.asyncDispose](),
  };
}
