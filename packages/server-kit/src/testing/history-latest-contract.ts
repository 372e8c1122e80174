import { describe, expect, it } from "vitest";
import type { HistorySubject } from "./history-contract.js";

const LATEST = { mode: "latest" } as const;

/** What is kept of a `latest` channel. */
export function itKeepsLatest(open: () => Promise<HistorySubject>): void {
  describe("latest", () => {
    it("keeps the newest value only, and that value brings any reader up to date", async () => {
      await using subject = await open();
      const { store } = subject;
      for (const price of [10, 11, 12]) {
        await store.append("stock:1", { data: price, timestamp: subject.now() }, LATEST);
      }
      const newest = { offset: 3, data: 12, timestamp: subject.now() };
      expect(await store.read("stock:1")).toMatchObject({
        offset: 3,
        complete: 0,
        entries: [newest],
      });
      expect((await store.read("stock:1", { after: 0 })).entries).toEqual([newest]);
      expect((await store.read("stock:1", { after: 2 })).entries).toEqual([newest]);
    });

    it("has nothing for a reader that is up to date, or that claims to be ahead (A39)", async () => {
      await using subject = await open();
      await subject.store.append("stock:1", { data: 1, timestamp: subject.now() }, LATEST);
      expect((await subject.store.read("stock:1", { after: 1 })).entries).toEqual([]);
      expect(
        (await subject.store.read("stock:1", { after: 9_007_199_254_740_991 })).entries,
      ).toEqual([]);
    });

    it("keeps the value however old it gets", async () => {
      await using subject = await open();
      await subject.store.append("stock:1", { data: 1, timestamp: subject.now() }, LATEST);
      await subject.advance(400 * 24 * 3_600_000);
      expect((await subject.store.read("stock:1")).entries).toHaveLength(1);
    });

    it("respects a limit of none", async () => {
      await using subject = await open();
      await subject.store.append("stock:1", { data: 1, timestamp: subject.now() }, LATEST);
      expect(await subject.store.read("stock:1", { limit: 0 })).toMatchObject({
        offset: 1,
        entries: [],
      });
    });
  });
}
