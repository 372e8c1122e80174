import { describe, expect, it } from "vitest";
import type { PresenceStore } from "../store/presence-store.js";

/** One store under test, with its clock. */
export interface PresenceSubject extends AsyncDisposable {
  readonly store: PresenceStore;
  /** Lets `ms` pass for the store. */
  advance(ms: number): Promise<void>;
}

/** What every {@link PresenceStore} promises. Run it over your own with a function that opens a fresh one. */
export function describePresenceStore(name: string, open: () => Promise<PresenceSubject>): void {
  describe(`PresenceStore: ${name}`, () => {
    it("lists nobody on a channel nobody joined", async () => {
      await using subject = await open();
      expect(await subject.store.members("room:1")).toEqual([]);
    });

    it("lists members by when they came, then by their id", async () => {
      await using subject = await open();
      await subject.store.join("room:1", { clientId: "b", since: 5 });
      await subject.store.join("room:1", { clientId: "c", since: 3, userId: "u" });
      await subject.store.join("room:1", { clientId: "a", since: 5 });
      await subject.store.join("room:1", { clientId: "B", since: 5 });
      expect(await subject.store.members("room:1")).toEqual([
        { clientId: "c", since: 3, userId: "u" },
        { clientId: "B", since: 5 },
        { clientId: "a", since: 5 },
        { clientId: "b", since: 5 },
      ]);
    });

    it("keeps channels apart, whatever they are called (A33)", async () => {
      await using subject = await open();
      const channels = ["__proto__", "constructor", "room:1", "room:%31", "room:*"];
      for (const channel of channels)
        await subject.store.join(channel, { clientId: channel, since: 1 });
      for (const channel of channels) {
        expect(await subject.store.members(channel)).toEqual([{ clientId: channel, since: 1 }]);
      }
    });

    it("counts a member that joins twice once, as it was described last", async () => {
      await using subject = await open();
      await subject.store.join("room:1", { clientId: "a", since: 1 });
      await subject.store.join("room:1", { clientId: "a", since: 1, userId: "u" });
      expect(await subject.store.members("room:1")).toEqual([
        { clientId: "a", since: 1, userId: "u" },
      ]);
    });

    it("forgets a member that leaves, once is enough", async () => {
      await using subject = await open();
      await subject.store.join("room:1", { clientId: "a", since: 1 });
      await subject.store.join("room:1", { clientId: "b", since: 2 });
      await subject.store.leave("room:1", "a");
      await subject.store.leave("room:1", "a");
      await subject.store.leave("room:2", "b");
      expect(await subject.store.members("room:1")).toEqual([{ clientId: "b", since: 2 }]);
    });

    it("lets a member expire at the end of its time, not a millisecond before", async () => {
      await using subject = await open();
      await subject.store.join("room:1", { clientId: "a", since: 1 });
      await subject.advance(subject.store.ttlMs - 1);
      expect(await subject.store.members("room:1")).toHaveLength(1);
      await subject.advance(1);
      expect(await subject.store.members("room:1")).toEqual([]);
    });

    it("keeps a member for a full time from its last renewal", async () => {
      await using subject = await open();
      const { store } = subject;
      await store.join("room:1", { clientId: "renewed", since: 1 });
      await store.join("room:1", { clientId: "gone", since: 2 });
      await subject.advance(store.ttlMs - 1);
      await store.join("room:1", { clientId: "renewed", since: 1 });
      await subject.advance(store.ttlMs - 1);
      expect(await store.members("room:1")).toEqual([{ clientId: "renewed", since: 1 }]);
      await subject.advance(1);
      expect(await store.members("room:1")).toEqual([]);
    });

    it("takes a member back that had expired", async () => {
      await using subject = await open();
      const { store } = subject;
      await store.join("room:1", { clientId: "a", since: 1 });
      await subject.advance(store.ttlMs);
      await store.join("room:1", { clientId: "a", since: 9 });
      expect(await store.members("room:1")).toEqual([{ clientId: "a", since: 9 }]);
    });

    it("is empty again after a storm of joins and leaves (F17)", async () => {
      await using subject = await open();
      const { store } = subject;
      const ids = Array.from({ length: 200 }, (_, index) => `client ${index}`);
      await Promise.all(ids.map((clientId, since) => store.join("room:1", { clientId, since })));
      expect(await store.members("room:1")).toHaveLength(200);
      await Promise.all(ids.map((clientId) => store.leave("room:1", clientId)));
      expect(await store.members("room:1")).toEqual([]);
    });

    it("may be disposed of twice", async () => {
      await using subject = await open();
      await subject.store[Symbol.asyncDispose]();
      await subject.store[Symbol.asyncDispose]();
    });
  });
}
