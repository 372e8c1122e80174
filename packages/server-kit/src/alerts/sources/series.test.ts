import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { priceAt as tickAt } from "../../../test/support/ticks.js";
import { listSeries, mergeSeries } from "./series.js";

describe("mergeSeries", () => {
  it("hands out all ticks in the order of market time, beginning anywhere", () => {
    const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(times, { maxLength: 12 }),
        fc.integer({ min: -1, max: 50 }),
        (all, after) => {
          const lists = all.map((list, index) =>
            list.sort((a, b) => a - b).map((at) => tickAt(1, at, `S${index}`)),
          );
          const merged = [...mergeSeries(lists.map(listSeries)).after(after)];
          const expected = lists.flat().filter(({ at }) => at > after);
          expect(merged).toEqual(expected.sort((a, b) => a.at - b.at));
        },
      ),
    );
  });
});
