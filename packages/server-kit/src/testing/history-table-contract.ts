import { describe, expect, it } from "vitest";
import type { HistoryQuery } from "../store/history-store.js";
import type { HistorySubject } from "./history-contract.js";

const TABLE = { mode: "table" } as const;

/** What is kept of a `table` channel, removed rows included. */
export function itKeepsTables(open: () => Promise<HistorySubject>): void {
  describe("table", () => {
    it("keeps the newest version of each row", async () => {
      await using subject = await open();
      await put(subject, "a", 1);
      await put(subject, "b", 2);
      await put(subject, "a", 3);
      const page = await subject.store.read("book:1");
      expect(page).toMatchObject({ offset: 3, complete: 0 });
      expect(page.entries).toEqual([
        { offset: 2, key: "b", data: 2, timestamp: subject.now() },
        { offset: 3, key: "a", data: 3, timestamp: subject.now() },
      ]);
    });

    it("leaves removed rows out of a snapshot and tells a returning reader of them", async () => {
      await using subject = await open();
      await put(subject, "a", 1);
      await put(subject, "b", 2);
      await remove(subject, "a");
      expect(await rows(subject)).toEqual(["b@2"]);
      expect(await rows(subject, { after: 0 })).toEqual(["b@2", "-a@3"]);
      expect(await rows(subject, { after: 2 })).toEqual(["-a@3"]);
      expect(await rows(subject, { after: 3 })).toEqual([]);
    });

    it("forgets that a row was removed when it comes back", async () => {
      await using subject = await open();
      await put(subject, "a", 1);
      await remove(subject, "a");
      await put(subject, "a", 2);
      expect(await rows(subject, { after: 1 })).toEqual(["a@3"]);
      expect(await rows(subject)).toEqual(["a@3"]);
    });

    it("counts the removal of a row that is not there, and of one removed twice at its newer place", async () => {
      await using subject = await open();
      await remove(subject, "ghost");
      await put(subject, "a", 1);
      await remove(subject, "ghost");
      const page = await subject.store.read("book:1", { after: 0 });
      expect(page).toMatchObject({ offset: 3, complete: 0 });
      expect(await rows(subject, { after: 0 })).toEqual(["a@2", "-ghost@3"]);
    });

    it("limits a read from either end", async () => {
      await using subject = await open();
      for (const key of ["a", "b", "c", "d"]) await put(subject, key, 1);
      await remove(subject, "b");
      expect(await rows(subject, { limit: 2 })).toEqual(["a@1", "c@3"]);
      expect(await rows(subject, { limit: 2, newest: true })).toEqual(["c@3", "d@4"]);
      expect(await rows(subject, { after: 1, limit: 2 })).toEqual(["c@3", "d@4"]);
      expect(await rows(subject, { after: 1, limit: 2, newest: true })).toEqual(["d@4", "-b@5"]);
      expect(await rows(subject, { limit: 0 })).toEqual([]);
    });

    it("takes every row key for a literal string (A33)", async () => {
      await using subject = await open();
      const keys = ["__proto__", "constructor", "", "a", "A", "a'b", "警"];
      for (const key of keys) await put(subject, key, key);
      const { entries } = await subject.store.read("book:1");
      expect(entries.map(({ key }) => key)).toEqual(keys);
    });

    it("does not let rows expire", async () => {
      await using subject = await open();
      await put(subject, "a", 1);
      await subject.advance(400 * 24 * 3_600_000);
      expect(await rows(subject)).toEqual(["a@1"]);
    });

    it("remembers 1,000 removed rows of a small table, and counts on no more than that", async () => {
      await using subject = await open();
      const removals = range(1, 1_000).map((index) => remove(subject, `gone ${index}`));
      await Promise.all(removals);
      expect(await subject.store.read("book:1", { after: 0 })).toMatchObject({ complete: 0 });
      await remove(subject, "one more");
      const page = await subject.store.read("book:1", { after: 0 });
      expect(page).toMatchObject({ offset: 1_001, complete: 1 });
      expect(page.entries).toHaveLength(1_000);
      expect(page.entries[0]).toMatchObject({ offset: 2, key: "gone 2", removed: true });
    });

    it("remembers as many removed rows as a large table has rows", async () => {
      await using subject = await open();
      await Promise.all(range(1, 1_200).map((index) => put(subject, `row ${index}`, index)));
      await Promise.all(range(1, 1_200).map((index) => remove(subject, `gone ${index}`)));
      expect(await subject.store.read("book:1")).toMatchObject({ offset: 2_400, complete: 0 });
      await remove(subject, "row 1");
      // 1,199 rows are left: of 1,201 removals the first two are forgotten.
      expect(await subject.store.read("book:1")).toMatchObject({ offset: 2_401, complete: 1_202 });
    });
  });
}

function put(subject: HistorySubject, key: string, data: unknown) {
  return subject.store.append("book:1", { key, data, timestamp: subject.now() }, TABLE);
}

function remove(subject: HistorySubject, key: string) {
  const entry = { key, data: null, timestamp: subject.now(), removed: true };
  return subject.store.append("book:1", entry, TABLE);
}

async function rows(subject: HistorySubject, query?: HistoryQuery): Promise<string[]> {
  const { entries } = await subject.store.read("book:1", query);
  return entries.map(({ key, offset, removed }) => `${removed ? "-" : ""}${key}@${offset}`);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
