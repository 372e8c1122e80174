import type { Bar } from "@tocsin-example/alert-contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { barTimeAt, type ChartBar, hasHole, joinBars, newBars, onlyCloses } from "./bars.js";

const bar = (minute: number, close = 1): Bar => ({
  time: String(minute * 60_000),
  open: 1,
  high: 1,
  low: 1,
  close,
  volume: 0,
});
const minutes = (bars: readonly ChartBar[]) => bars.map(({ time }) => time / 60);

test("live bars follow the listed ones and win where both know one", () => {
  const joined = joinBars([bar(1), bar(2, 5)], [bar(3), bar(2, 6)]);
  expect(joined.map(({ time, close }) => [time, close])).toEqual([
    [60, 1],
    [120, 6],
    [180, 1],
  ]);
});

test("after a jump back in time nothing of the future stays", () => {
  expect(minutes(joinBars([bar(1), bar(8), bar(9)], [bar(2), bar(3)]))).toEqual([1, 2, 3]);
});

test("a hole between listed and live bars asks for the list again", () => {
  expect(hasHole([bar(1)], [bar(5), bar(6)])).toBe(true);
  expect(hasHole([bar(1), bar(2)], [bar(2), bar(3)])).toBe(false);
  expect(hasHole([], [bar(5)])).toBe(false);
  expect(hasHole([bar(1)], [])).toBe(false);
});

test("what was drawn and what is new make up what there is, whatever happens between", () => {
  const step = fc.record({ at: fc.nat(12), close: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      const rows = new Map<string, Bar>();
      let drawn: ChartBar[] = [];
      let shown: ChartBar[] = [];
      for (const { at, close } of steps) {
        const newest = Math.max(-1, ...[...rows.values()].map(({ time }) => Number(time) / 60_000));
        // Only the newest bar changes; a time before it starts over, as a seek does.
        if (at < newest) rows.clear();
        rows.set(String(at), bar(at, close));
        const next = joinBars([], rows.values());
        const fresh = newBars(drawn, next);
        shown = fresh
          ? [...shown.filter(({ time }) => time < (fresh[0]?.time ?? Infinity)), ...fresh]
          : next;
        drawn = next;
        expect(shown).toEqual(next);
      }
    }),
  );
});

test("bars without any range are closing prices", () => {
  expect(onlyCloses([])).toBe(true);
  expect(onlyCloses(joinBars([bar(1)], []))).toBe(true);
  expect(onlyCloses(joinBars([{ ...bar(1), high: 2 }], []))).toBe(false);
});

test("a moment belongs to the last bar that had begun", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1_000)), fc.nat(70_000_000), (starts, at) => {
      const bars = joinBars(
        [],
        starts.map((minute) => bar(minute)),
      );
      const begun = bars.map(({ time }) => time).filter((time) => time * 1_000 <= at);
      expect(barTimeAt(bars, at)).toBe(begun.at(-1));
    }),
  );
});
