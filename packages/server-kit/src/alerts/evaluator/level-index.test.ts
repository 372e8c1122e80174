import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLevelIndex } from "./level-index.js";

const level = fc.integer({ min: 0, max: 30 });
const action = fc.oneof(
  fc.record({ do: fc.constant("add" as const), level }),
  fc.record({ do: fc.constant("remove" as const), level }),
  fc.record({ do: fc.constant("ask" as const), from: level, to: level }),
);

describe("the level index", () => {
  it("finds what a list that is looked through finds, whatever was added and removed before", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const index = createLevelIndex<string>();
        let list: { readonly level: number; readonly item: string }[] = [];
        let made = 0;
        for (const next of actions) {
          switch (next.do) {
            case "add": {
              made += 1;
              const item = `${next.level}#${made}`;
              index.add(next.level, item);
              list.push({ level: next.level, item });
              break;
            }
            case "remove": {
              const [gone] = list.filter((entry) => entry.level === next.level);
              index.remove(next.level, gone?.item ?? "nobody");
              list = list.filter((entry) => entry !== gone);
              break;
            }
            case "ask": {
              const low = Math.min(next.from, next.to);
              const high = Math.max(next.from, next.to);
              const expected = list
                .filter((entry) => entry.level >= low && entry.level <= high)
                .map(({ item }) => item);
              const found = index.between(next.from, next.to);
              expect([...found].sort()).toEqual(expected.sort());
              const levels = found.map((item) => Number(item.split("#")[0]));
              const inOrder = levels.toSorted((a, b) => (next.from > next.to ? b - a : a - b));
              expect(levels).toEqual(inOrder);
              break;
            }
            default:
              next satisfies never;
          }
        }
        expect(index.size).toBe(list.length);
      }),
    );
  });

  it("loads many at once and finds the first and the last of them", () => {
    const index = createLevelIndex<number>();
    for (let at = 999; at >= 0; at -= 1) index.add(at, at);
    expect(index.between(-5, 0)).toEqual([0]);
    expect(index.between(998.5, 5_000)).toEqual([999]);
    expect(index.between(10.2, 10.8)).toEqual([]);
    expect(index.between(10.3, 11)).toEqual([11]);
  });
});
