import { describe, expect, it } from "vitest";
import type { Keep } from "../store/history-store.js";
import type { HistorySubject } from "./history-contract.js";

const LOG = { mode: "log", size: 100, ttlMs: 60_000 } satisfies Keep;

/** Offsets, epochs and what a restart does to them. */
export function itNumbersEvents(open: () => Promise<HistorySubject>): void {
  describe("positions", () => {
    it("has a position before anything was written, and the first event keeps its epoch", async () => {
      await using subject = await open();
      const before = await subject.store.read("alerts:1");
      expect(before).toMatchObject({ offset: 0, complete: 0, entries: [] });
      expect(before.epoch).toMatch(/^.{1,64}$/);
      const first = await subject.store.append("alerts:1", entry(subject, "a"), LOG);
      expect(first).toEqual({ epoch: before.epoch, offset: 1 });
    });

    it("numbers the events of each channel from 1, whatever it is called (A33)", async () => {
      await using subject = await open();
      for (const channel of ["__proto__", "constructor", "a:1", "a:%31", "A:1"]) {
        for (const offset of [1, 2]) {
          const position = await subject.store.append(channel, entry(subject, offset), LOG);
          expect(position.offset, channel).toBe(offset);
        }
        const page = await subject.store.read(channel);
        expect(page.entries.map(({ data }) => data)).toEqual([1, 2]);
      }
    });

    it("numbers concurrent appends in the order they were made, without holes", async () => {
      await using subject = await open();
      const appends = Array.from({ length: 50 }, (_, index) =>
        subject.store.append("alerts:1", entry(subject, index + 1), LOG),
      );
      const offsets = (await Promise.all(appends)).map(({ offset }) => offset);
      expect(offsets).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
      const { entries } = await subject.store.read("alerts:1");
      expect(entries.map(({ offset, data }) => [offset, data])).toEqual(
        offsets.map((offset) => [offset, offset]),
      );
    });

    it("keeps concurrent appends to several channels apart", async () => {
      await using subject = await open();
      const appends = Array.from({ length: 60 }, (_, index) =>
        subject.store.append(`alerts:${index % 3}`, entry(subject, index), LOG),
      );
      await Promise.all(appends);
      for (const user of [0, 1, 2]) {
        const { entries } = await subject.store.read(`alerts:${user}`);
        expect(entries.map(({ data }) => data)).toEqual(
          Array.from({ length: 20 }, (_, index) => index * 3 + user),
        );
      }
    });

    it("returns a page that later appends leave alone", async () => {
      await using subject = await open();
      await subject.store.append("alerts:1", entry(subject, "a"), LOG);
      const page = await subject.store.read("alerts:1");
      await subject.store.append("alerts:1", entry(subject, "b"), { ...LOG, size: 1 });
      expect(page).toMatchObject({ offset: 1, entries: [{ offset: 1, data: "a" }] });
    });

    it("returns what was stored: data, timestamp and key", async () => {
      await using subject = await open();
      const data = { text: "警报 \u0000 \"'", numbers: [0, -1.5, 1e21], deep: [{ nothing: null }] };
      const stored = { data, timestamp: subject.now(), key: "a key" };
      await subject.store.append("alerts:1", stored, LOG);
      await subject.store.append("alerts:1", { data: null, timestamp: subject.now() }, LOG);
      const { entries } = await subject.store.read("alerts:1");
      expect(entries).toEqual([
        { ...stored, offset: 1 },
        { data: null, timestamp: subject.now(), offset: 2 },
      ]);
    });

    it("gives a channel a new epoch when it changes its mode: old positions mean nothing there", async () => {
      await using subject = await open();
      const before = await subject.store.append("a:1", entry(subject, "a"), LOG);
      const after = await subject.store.append("a:1", entry(subject, "b"), { mode: "latest" });
      expect(after.epoch).not.toBe(before.epoch);
      expect(after.offset).toBe(1);
      const page = await subject.store.read("a:1");
      expect(page).toMatchObject({ ...after, complete: 0, entries: [{ offset: 1, data: "b" }] });
    });

    it("goes on after a restart where it was, or starts a new epoch: never a known epoch with other events (F5)", async () => {
      await using subject = await open();
      const before = await subject.store.append("a:1", entry(subject, "a"), LOG);
      await subject.store.append("a:1", entry(subject, "b"), LOG);
      const unwritten = await subject.store.read("a:2");
      const restarted = await subject.restart();
      const page = await restarted.read("a:1");
      if (subject.store.durability === "none") {
        expect(page).toMatchObject({ offset: 0, entries: [] });
        expect(page.epoch).not.toBe(before.epoch);
        return;
      }
      expect(page).toMatchObject({ epoch: before.epoch, offset: 2, complete: 0 });
      expect(page.entries.map(({ data }) => data)).toEqual(["a", "b"]);
      const third = await restarted.append("a:1", entry(subject, "c"), LOG);
      expect(third).toEqual({ epoch: before.epoch, offset: 3 });
      expect((await restarted.read("a:2")).epoch).toBe(unwritten.epoch);
    });

    it("may be disposed of twice", async () => {
      await using subject = await open();
      await subject.store[Symbol.asyncDispose]();
      await subject.store[Symbol.asyncDispose]();
    });
  });
}

function entry(subject: HistorySubject, data: unknown) {
  return { data, timestamp: subject.now() };
}
