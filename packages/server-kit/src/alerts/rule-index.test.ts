import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRuleIndex } from "./rule-index.js";
import { type Edge, meets } from "./rules/edge.js";

// Few distinct prices, so that levels repeat and moves begin and end on them.
const price = fc.integer({ min: 1, max: 12 });
const edge: fc.Arbitrary<Edge> = fc.record({
  on: fc.constantFrom("rise" as const, "fall" as const),
  level: price,
});

describe("createRuleIndex", () => {
  it("finds exactly what a look at every edge finds, also after removals", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ edge, removed: fc.boolean() }), { maxLength: 30 }),
        fc.array(fc.record({ previous: price, current: price }), { minLength: 1, maxLength: 20 }),
        (entries, moves) => {
          const index = createRuleIndex<number>();
          for (const [id, entry] of entries.entries()) index.add(entry.edge, id);
          index.met({ previous: 1, current: 12 }); // a question between changes must not matter
          for (const [id, entry] of entries.entries()) {
            if (entry.removed) index.remove(entry.edge, id);
          }
          for (const move of moves) {
            const naive = entries.flatMap((entry, id) =>
              !entry.removed && meets(entry.edge, move) ? [id] : [],
            );
            expect(
              index
                .met(move)
                .map(({ item }) => item)
                .sort((a, b) => a - b),
            ).toEqual(naive);
          }
        },
      ),
    );
  });

  it("lists what a move meets in the order the price met it", () => {
    const index = createRuleIndex<string>();
    for (const level of [3, 1, 2]) {
      index.add({ on: "rise", level }, `up ${level}`);
      index.add({ on: "fall", level }, `down ${level}`);
    }
    expect(index.met({ previous: 0, current: 9 }).map(({ level }) => level)).toEqual([1, 2, 3]);
    expect(index.met({ previous: 9, current: 0 }).map(({ level }) => level)).toEqual([3, 2, 1]);
  });

  it("is empty again when everything was removed", () => {
    const index = createRuleIndex<string>();
    index.add({ on: "rise", level: 5 }, "a");
    index.remove({ on: "rise", level: 5 }, "somebody else");
    expect(index.size).toBe(1);
    index.remove({ on: "rise", level: 5 }, "a");
    expect(index.size).toBe(0);
  });
});
