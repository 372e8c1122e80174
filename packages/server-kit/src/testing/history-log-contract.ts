import { describe, expect, it } from "vitest";
import type { Keep, StoredEntry } from "../store/history-store.js";
import type { HistorySubject } from "./history-contract.js";

/** What is kept of a `log` channel, and to which reader it is enough. */
export function itKeepsLogs(open: () => Promise<HistorySubject>): void {
  describe("log", () => {
    it.each([
      { written: 9, first: 1, complete: 0 },
      { written: 10, first: 1, complete: 0 },
      { written: 11, first: 2, complete: 1 },
      { written: 35, first: 26, complete: 25 },
    ])(
      "keeps the last 10 of $written events and says from where they are whole (F11)",
      async (it) => {
        await using subject = await open();
        await write(subject, it.written, { mode: "log", size: 10, ttlMs: 60_000 });
        const page = await subject.store.read("log:1");
        expect(page).toMatchObject({ offset: it.written, complete: it.complete });
        expect(offsets(page.entries)).toEqual(range(it.first, it.written));
      },
    );

    it("keeps an event until the last millisecond of its time, and not at its end", async () => {
      await using subject = await open();
      const keep: Keep = { mode: "log", size: 100, ttlMs: 1_000 };
      await write(subject, 2, keep);
      await subject.advance(1);
      await write(subject, 1, keep);
      await subject.advance(998);
      expect(await subject.store.read("log:1")).toMatchObject({ offset: 3, complete: 0 });
      await subject.advance(1);
      const page = await subject.store.read("log:1");
      expect(page).toMatchObject({ offset: 3, complete: 2 });
      expect(offsets(page.entries)).toEqual([3]);
      await subject.advance(1);
      expect(await subject.store.read("log:1")).toMatchObject({
        offset: 3,
        complete: 3,
        entries: [],
      });
    });

    it("goes on counting when all events have expired", async () => {
      await using subject = await open();
      const keep: Keep = { mode: "log", size: 100, ttlMs: 1_000 };
      const before = await write(subject, 3, keep);
      await subject.advance(5_000);
      expect(await write(subject, 1, keep)).toEqual({ epoch: before?.epoch, offset: 4 });
      expect(await subject.store.read("log:1", { after: 3 })).toMatchObject({
        complete: 3,
        entries: [{ offset: 4 }],
      });
    });

    it("leaves no hole where a wrong clock dated an event back", async () => {
      await using subject = await open();
      const keep: Keep = { mode: "log", size: 100, ttlMs: 1_000 };
      const now = subject.now();
      for (const timestamp of [now, now - 5_000, now]) {
        await subject.store.append("log:1", { data: "x", timestamp }, keep);
      }
      const page = await subject.store.read("log:1");
      expect(page.complete).toBe(0);
      expect(offsets(page.entries)).toEqual([1, 2, 3]);
    });

    it("keeps nothing but the count with a size of 0", async () => {
      await using subject = await open();
      await write(subject, 2, { mode: "log", size: 0, ttlMs: 60_000 });
      expect(await subject.store.read("log:1")).toMatchObject({
        offset: 2,
        complete: 2,
        entries: [],
      });
    });

    it("follows a retention that gets smaller, and does not bring anything back when it grows", async () => {
      await using subject = await open();
      await write(subject, 10, { mode: "log", size: 10, ttlMs: 60_000 });
      await write(subject, 1, { mode: "log", size: 3, ttlMs: 60_000 });
      expect(await subject.store.read("log:1")).toMatchObject({ offset: 11, complete: 8 });
      await write(subject, 1, { mode: "log", size: 10, ttlMs: 60_000 });
      const page = await subject.store.read("log:1");
      expect(page).toMatchObject({ offset: 12, complete: 8 });
      expect(offsets(page.entries)).toEqual([9, 10, 11, 12]);
    });

    it("does not bring back what was too old when the time to live grows", async () => {
      await using subject = await open();
      await write(subject, 2, { mode: "log", size: 10, ttlMs: 1_000 });
      await subject.advance(1_000);
      await write(subject, 1, { mode: "log", size: 10, ttlMs: 60_000 });
      const page = await subject.store.read("log:1");
      expect(page).toMatchObject({ offset: 3, complete: 2, entries: [{ offset: 3 }] });
    });

    it.each([
      { query: { after: 0 }, expected: range(16, 25) },
      { query: { after: 15 }, expected: range(16, 25) },
      { query: { after: 16 }, expected: range(17, 25) },
      { query: { after: 24 }, expected: [25] },
      { query: { after: 25 }, expected: [] },
      { query: { after: 26 }, expected: [] },
      { query: { after: 9_007_199_254_740_991 }, expected: [] },
      { query: { limit: 3 }, expected: range(16, 18) },
      { query: { limit: 3, newest: true }, expected: range(23, 25) },
      { query: { limit: 0 }, expected: [] },
      { query: { limit: 0, newest: true }, expected: [] },
      { query: { limit: 1_000, newest: true }, expected: range(16, 25) },
      { query: { after: 20, limit: 2 }, expected: [21, 22] },
      { query: { after: 20, limit: 2, newest: true }, expected: [24, 25] },
      { query: { after: 24, limit: 2, newest: true }, expected: [25] },
    ])("answers $query out of 16 to 25 (A39)", async ({ query, expected }) => {
      await using subject = await open();
      await write(subject, 25, { mode: "log", size: 10, ttlMs: 60_000 });
      const page = await subject.store.read("log:1", query);
      expect(offsets(page.entries)).toEqual(expected);
      expect(page).toMatchObject({ offset: 25, complete: 15 });
    });
  });
}

async function write(subject: HistorySubject, count: number, keep: Keep) {
  const appends = Array.from({ length: count }, () =>
    subject.store.append("log:1", { data: "x", timestamp: subject.now() }, keep),
  );
  return (await Promise.all(appends)).at(-1);
}

function offsets(entries: readonly StoredEntry[]): number[] {
  return entries.map(({ offset }) => offset);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
