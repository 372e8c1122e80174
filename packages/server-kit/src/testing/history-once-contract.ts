import { expect, it } from "vitest";
import type { HistoryStore, Keep } from "../store/history-store.js";
import type { HistorySubject } from "./history-contract.js";

const LOG: Keep = { mode: "log", size: 1_000, ttlMs: 3_600_000 };

/** What a store that offers `appendOnce` promises of it. */
export function itAppendsOnce(open: () => Promise<HistorySubject>): void {
  const publish = (store: HistoryStore, data: unknown, key: string, ttlMs = 1_000) => {
    if (!store.appendOnce) throw new TypeError("this store does not offer appendOnce");
    return store.appendOnce("c", { data, timestamp: 0 }, LOG, { key, ttlMs });
  };
  const stored = async (store: HistoryStore) =>
    (await store.read("c")).entries.map(({ data }) => data);

  it("appends once per key however many try at the same time, and tells all where (F10)", async () => {
    await using subject = await open();
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, n) => publish(subject.store, n, "k")),
    );
    expect(all.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(all.map(({ offset }) => offset))).toEqual(new Set([1]));
    expect(await stored(subject.store)).toHaveLength(1);
  });

  it("takes a key again when its window has passed, to the millisecond (F10)", async () => {
    await using subject = await open();
    await publish(subject.store, "a", "k");
    await subject.advance(999);
    expect(await publish(subject.store, "b", "k")).toMatchObject({ duplicate: true, offset: 1 });
    await subject.advance(1);
    expect(await publish(subject.store, "c", "k")).toMatchObject({ duplicate: false, offset: 2 });
  });

  it("takes keys for literal strings (A33)", async () => {
    await using subject = await open();
    for (const key of ["__proto__", "constructor", "a\u0000b", "a\u0000c", "%", ""]) {
      expect(await publish(subject.store, key, key)).toMatchObject({ duplicate: false });
    }
    expect(await stored(subject.store)).toHaveLength(6);
  });

  it("remembers a key for as long as it remembers the event (F10)", async () => {
    await using subject = await open();
    const first = await publish(subject.store, "a", "k");
    const store = await subject.restart();
    const forgetful = subject.store.durability === "none";
    const again = await publish(store, "b", "k");
    if (forgetful) expect(again.epoch).not.toBe(first.epoch);
    else expect(again).toEqual({ ...first, duplicate: true });
    expect(await stored(store)).toEqual([forgetful ? "b" : "a"]);
  });
}
