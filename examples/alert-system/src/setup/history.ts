import { type HistoryStore, memoryHistoryStore } from "@tocsin/server-kit";

/** What a reader that was away wants to find: alerts and news. */
const isKept = (channel: string) => channel.startsWith("alerts:") || channel === "news";

/**
 * Keeps inboxes and news where a restart finds them, and prices in memory: a price is worth nothing after a restart, and
 * writing thousands of them to disk would be paid for by the alerts.
 */
export function historyOf(inboxes: HistoryStore, now: () => number): HistoryStore {
  const memory = memoryHistoryStore({ now });
  const storeOf = (channel: string) => (isKept(channel) ? inboxes : memory);
  return {
    durability: memory.durability, // the least of the two is what can be promised for all
    append: (channel, entry, keep) => storeOf(channel).append(channel, entry, keep),
    read: (channel, query) => storeOf(channel).read(channel, query),
    [Symbol.asyncDispose]: () => memory[Symbol.asyncDispose](),
  };
}
