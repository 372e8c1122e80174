import { describe, expect, it } from "vitest";
import type { HistoryPage, HistoryQuery } from "../store/history-store.js";
import { fakeClock } from "../testing/fake-clock.js";
import { createSharedReads } from "./shared-reads.js";

function setUp() {
  const clock = fakeClock();
  const asked: [string, HistoryQuery][] = [];
  const state = { offset: 5, fails: false };
  const reads = createSharedReads(
    {
      async read(channel, query = {}): Promise<HistoryPage> {
        asked.push([channel, query]);
        const { offset } = state;
        await undefined;
        if (state.fails) throw new Error("down");
        return { epoch: "e", offset, complete: 0, entries: [] };
      },
    },
    clock,
  );
  return { clock, asked, state, reads };
}

describe("reads of the history for those who join", () => {
  it("are one for all that come to the same position", async () => {
    const { asked, reads } = setUp();
    const pages = await Promise.all(
      Array.from({ length: 1_000 }, () => reads.read("c", { after: 3, limit: 10 })),
    );
    await reads.read("c", { after: 3, limit: 10 });
    expect(asked).toEqual([["c", { after: 3, limit: 10 }]]);
    expect(new Set(pages).size).toBe(1);
  });

  it("are another one for another channel, position or length", async () => {
    const { asked, reads } = setUp();
    await reads.read("c", { after: 3 });
    await reads.read("c", { after: 4 });
    await reads.read("c", { after: 3, limit: 1 });
    await reads.read("c", { after: 3, limit: 1, newest: true });
    await reads.read("d", { after: 3 });
    await reads.read("c");
    expect(asked).toHaveLength(6);
  });

  it("are not shared past an event that was delivered meanwhile", async () => {
    const { asked, state, reads } = setUp();
    const early = reads.read("c", { after: 3 });
    const other = reads.read("d", { after: 3 });
    state.offset = 6;
    reads.changed("c");
    expect((await reads.read("c", { after: 3 })).offset).toBe(6);
    expect((await early).offset).toBe(5);
    expect(reads.read("d", { after: 3 })).toBe(other);
    expect(asked).toHaveLength(3);
  });

  it("are made anew after ten seconds, and held no longer", async () => {
    const { asked, clock, reads } = setUp();
    await reads.read("c", { after: 3 });
    clock.advance(9_999);
    await reads.read("c", { after: 3 });
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await reads.read("c", { after: 3 });
    expect(asked).toHaveLength(2);
    clock.advance(20_000);
    expect(clock.pending).toBe(0); // nothing is left to let go of
  });

  it("that failed are not shared with those who come later", async () => {
    const { asked, state, reads } = setUp();
    state.fails = true;
    const both = [reads.read("c"), reads.read("c")];
    await expect(Promise.all(both)).rejects.toThrow("down");
    state.fails = false;
    await expect(reads.read("c")).resolves.toMatchObject({ offset: 5 });
    expect(asked).toHaveLength(2);
  });

  it("are not shared without bound", async () => {
    const { asked, clock, reads } = setUp();
    for (let after = 0; after < 3_000; after++) await reads.read("c", { after });
    await reads.read("c", { after: 10 });
    expect(asked).toHaveLength(3_000);
    await reads.read("c", { after: 2_999 });
    expect(asked).toHaveLength(3_001); // past the most that are held
    clock.advance(20_000);
    expect(clock.pending).toBe(0);
  });
});
