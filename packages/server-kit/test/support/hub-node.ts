import { defineContract, log, signal, table } from "@tocsin/protocol";
import { vi } from "vitest";
import { z } from "zod";
import { type Broker, createHub, type HistoryStore, type Hub } from "../../src/index.js";
import type { DedupStore } from "../../src/store/dedup-store.js";
import type { PresenceStore } from "../../src/store/presence-store.js";
import { type FakeSocket, fakeClient } from "../../src/testing/index.js";

export const contract = defineContract({
  channels: {
    fills: log("fills:{id}", z.union([z.number(), z.string()]), {
      history: { size: 10_000, ttl: "1h" },
    }),
    book: table("book:{id}", z.object({ id: z.string(), n: z.number() }), { key: "id" }),
    hint: signal("hint:{id}", z.number()),
    room: log("room:{id}", z.number(), { history: { size: 1, ttl: "1h" }, presence: true }),
  },
});

export const soon = { timeout: 20_000, interval: 10 };

/** What a hub keeps elsewhere. */
export interface SharedStores {
  readonly history: HistoryStore;
  readonly dedup: DedupStore;
  readonly presence: PresenceStore;
  readonly broker: Broker;
}

/** One process of an application, as far as the stores can tell. */
export interface HubNode extends AsyncDisposable {
  readonly hub: Hub<typeof contract>;
  /** Connects a reader that has subscribed. */
  reader(channel: string, since?: object): Promise<FakeSocket>;
}

/** Starts a hub on shared stores; `close` ends what they stand on. */
export function startHubNode(stores: SharedStores, close: () => Promise<void>): HubNode {
  const { history, dedup, presence, broker } = stores;
  const hub = createHub({ contract, history, dedup, presence, broker });
  const readers: FakeSocket[] = [];
  return {
    hub,
    async reader(channel, since) {
      const client = await fakeClient(hub.gate);
      readers.push(client);
      client.receive({ type: "subscribe", channel, ...(since && { since }) });
      await vi.waitFor(() => {
        if (client.got("subscribed").length === 0) throw new Error("not subscribed yet");
      }, soon);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const reader of readers) reader.hangUp();
      await hub.close({ drainWithin: "0s" });
      await close();
    },
  };
}

/** Offset and data of every event a reader has. */
export function seen(client: FakeSocket): unknown[] {
  return client.got("event").map(({ offset, data }) => [offset, data]);
}
