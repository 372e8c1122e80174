import { describe, expect, it } from "vitest";
import type { DedupStore } from "../store/dedup-store.js";

/** One store under test, with its clock. */
export interface DedupSubject extends AsyncDisposable {
  readonly store: DedupStore;
  /** Lets `ms` pass for the store. */
  advance(ms: number): Promise<void>;
  /** Ends the store as a restart of its process would and opens it again; left out by stores that live in the process. */
  restart?(): Promise<DedupStore>;
}

/** What every {@link DedupStore} promises. Run it over your own with a function that opens a fresh one. */
export function describeDedupStore(name: string, open: () => Promise<DedupSubject>): void {
  describe(`DedupStore: ${name}`, () => {
    it("lets exactly one of 50 concurrent claims win", async () => {
      await using subject = await open();
      const claims = Array.from({ length: 50 }, () => subject.store.claim("a", 1_000));
      expect((await Promise.all(claims)).filter(({ won }) => won)).toHaveLength(1);
    });

    it("lets exactly one of 50 concurrent claims win a second time, when the first is over", async () => {
      await using subject = await open();
      await subject.store.claim("a", 1_000);
      await subject.advance(1_000);
      const claims = Array.from({ length: 50 }, () => subject.store.claim("a", 1_000));
      expect((await Promise.all(claims)).filter(({ won }) => won)).toHaveLength(1);
    });

    it("refuses a key until the last millisecond of its time, and not at its end (F10)", async () => {
      await using subject = await open();
      expect(await subject.store.claim("a", 1_000)).toMatchObject({ won: true });
      await subject.advance(999);
      expect(await subject.store.claim("a", 1_000)).toMatchObject({ won: false });
      await subject.advance(1);
      expect(await subject.store.claim("a", 1_000)).toMatchObject({ won: true });
    });

    it("does not lengthen a claim by refusing its repeats", async () => {
      await using subject = await open();
      await subject.store.claim("a", 1_000);
      for (let turn = 0; turn < 4; turn += 1) {
        await subject.advance(249);
        expect(await subject.store.claim("a", 1_000)).toMatchObject({ won: false });
      }
      await subject.advance(4);
      expect(await subject.store.claim("a", 1_000)).toMatchObject({ won: true });
    });

    it("gives each key its own time", async () => {
      await using subject = await open();
      await subject.store.claim("long", 10_000);
      await subject.store.claim("short", 10);
      await subject.store.claim("middle", 1_000);
      await subject.advance(10);
      expect(await subject.store.claim("short", 10)).toMatchObject({ won: true });
      expect(await subject.store.claim("middle", 1_000)).toMatchObject({ won: false });
      await subject.advance(990);
      expect(await subject.store.claim("middle", 1_000)).toMatchObject({ won: true });
      expect(await subject.store.claim("long", 10_000)).toMatchObject({ won: false });
    });

    it("tells losers nothing before the winner settles, and what it settled on afterwards", async () => {
      await using subject = await open();
      const token = await won(subject.store, "a");
      expect(await subject.store.claim("a", 1_000)).toEqual({ won: false, value: undefined });
      await subject.store.settle("a", "epoch:7", token);
      expect(await subject.store.claim("a", 1_000)).toEqual({ won: false, value: "epoch:7" });
    });

    it("keeps the end of a claim when it is settled", async () => {
      await using subject = await open();
      const token = await won(subject.store, "a");
      await subject.advance(600);
      await subject.store.settle("a", "done", token);
      await subject.advance(399);
      expect(await subject.store.claim("a", 1_000)).toEqual({ won: false, value: "done" });
      await subject.advance(1);
      expect(await subject.store.claim("a", 1_000)).toMatchObject({ won: true });
      expect(await subject.store.claim("a", 1_000)).toEqual({ won: false, value: undefined });
    });

    it("does not bring a key back by settling it too late", async () => {
      await using subject = await open();
      const token = await won(subject.store, "a");
      await subject.advance(1_000);
      await subject.store.settle("a", "late", token);
      expect(await subject.store.claim("a", 1_000)).toMatchObject({ won: true });
      expect(await subject.store.claim("a", 1_000)).toEqual({ won: false, value: undefined });
    });

    it("lets the next claim win after a release, with nothing left of the first", async () => {
      await using subject = await open();
      const token = await won(subject.store, "a");
      await subject.store.settle("a", "first", token);
      await subject.store.release("a", token);
      await subject.store.release("a", token);
      await subject.store.release("never claimed", token);
      expect(await subject.store.claim("a", 50)).toMatchObject({ won: true });
      expect(await subject.store.claim("a", 50)).toEqual({ won: false, value: undefined });
      await subject.advance(50);
      expect(await subject.store.claim("a", 50)).toMatchObject({ won: true });
    });

    it("takes a key that was released and claimed for longer at its newer word", async () => {
      await using subject = await open();
      await subject.store.release("a", await won(subject.store, "a", 10));
      await subject.store.claim("a", 1_000);
      await subject.advance(10);
      await subject.store.claim("b", 10);
      expect(await subject.store.claim("a", 1_000)).toMatchObject({ won: false });
    });

    it("gives each claim a token of its own", async () => {
      await using subject = await open();
      const tokens = new Set<string>();
      for (const key of ["a", "b", "a", "a"]) {
        const token = await won(subject.store, key);
        tokens.add(token);
        await subject.store.release(key, token);
      }
      expect(tokens.size).toBe(4);
    });

    it("lets nobody release a claim that was made after theirs had ended", async () => {
      await using subject = await open();
      const first = await won(subject.store, "a", 10);
      await subject.advance(10);
      await won(subject.store, "a");
      await subject.store.release("a", first);
      expect(await subject.store.claim("a", 1_000)).toEqual({ won: false, value: undefined });
    });

    it("lets nobody settle a claim that was made after theirs had ended, nor take back what it settled on", async () => {
      await using subject = await open();
      const first = await won(subject.store, "a", 10);
      await subject.advance(10);
      const second = await won(subject.store, "a");
      await subject.store.settle("a", "of the first", first);
      expect(await subject.store.claim("a", 1_000)).toEqual({ won: false, value: undefined });
      await subject.store.settle("a", "of the second", second);
      await subject.store.settle("a", "of the first", first);
      await subject.store.release("a", first);
      expect(await subject.store.claim("a", 1_000)).toEqual({
        won: false,
        value: "of the second",
      });
    });

    it("lets nobody end a claim that was made after theirs was released, in the same millisecond even", async () => {
      await using subject = await open();
      const first = await won(subject.store, "a");
      await subject.store.release("a", first);
      await won(subject.store, "a");
      await subject.store.release("a", first);
      await subject.store.settle("a", "of the first", first);
      expect(await subject.store.claim("a", 1_000)).toEqual({ won: false, value: undefined });
    });

    it("takes every key for a literal string (A33)", async () => {
      await using subject = await open();
      for (const key of ["__proto__", "constructor", "", "a\0b", "a'b\"c%_*", "警报", "A", "a"]) {
        const token = await won(subject.store, key);
        await subject.store.settle(key, `value of ${key}`, token);
        expect(await subject.store.claim(key, 1_000), key).toEqual({
          won: false,
          value: `value of ${key}`,
        });
      }
    });

    it("tells 1,000 keys apart under concurrent repeats (F10)", async () => {
      await using subject = await open();
      const keys = Array.from({ length: 5_000 }, (_, index) => `key ${index % 1_000}`);
      const claims = await Promise.all(keys.map((key) => subject.store.claim(key, 60_000)));
      expect(claims.filter(({ won }) => won)).toHaveLength(1_000);
    });

    it("remembers across a restart, to the same millisecond (F10)", async ({ skip }) => {
      await using subject = await open();
      if (!subject.restart) return skip("this store does not outlive its process");
      await subject.store.settle("settled", "value", await won(subject.store, "settled"));
      await subject.store.claim("open", 1_000);
      const restarted = await subject.restart();
      await subject.advance(999);
      expect(await restarted.claim("settled", 1_000)).toEqual({ won: false, value: "value" });
      expect(await restarted.claim("open", 1_000)).toEqual({ won: false, value: undefined });
      await subject.advance(1);
      expect(await restarted.claim("settled", 1_000)).toMatchObject({ won: true });
      expect(await restarted.claim("open", 1_000)).toMatchObject({ won: true });
    });

    it("may be disposed of twice", async () => {
      await using subject = await open();
      await subject.store[Symbol.asyncDispose]();
      await subject.store[Symbol.asyncDispose]();
    });
  });
}

/** The token of a claim that must be won. */
async function won(store: DedupStore, key: string, ttlMs = 1_000): Promise<string> {
  const claim = await store.claim(key, ttlMs);
  if (!claim.won) throw new Error(`the claim of ${JSON.stringify(key)} was lost`);
  return claim.token;
}
