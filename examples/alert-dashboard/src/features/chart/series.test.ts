import type { Candle } from "@tocsin-example/alert-contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addPoint,
  appendBar,
  extendBars,
  joinLine,
  MAX_POINTS,
  mergeBars,
  onlyCloses,
  type Point,
} from "./series.js";

const bar = (time: number, close = 1): Candle => ({
  time,
  open: 1,
  high: 1,
  low: 1,
  close,
  volume: 0,
});

const lineOf = (arrivals: readonly Point[]) => {
  const line: Point[] = [];
  for (const point of arrivals) addPoint(line, point);
  return line;
};

test("within one second the newest price wins", () => {
  expect(
    lineOf([
      { time: 1, value: 5 },
      { time: 1, value: 6 },
    ]),
  ).toEqual([{ time: 1, value: 6 }]);
});

test("a line starts over when market time goes back, and says so", () => {
  const line: Point[] = [{ time: 9, value: 5 }];
  expect(addPoint(line, { time: 2, value: 6 })).toBe(true);
  expect(addPoint(line, { time: 3, value: 6 })).toBe(false);
  expect(line.map((point) => point.time)).toEqual([2, 3]);
});

test("a line is strictly ascending and ends with what came last, whatever arrives", () => {
  const arrivals = fc.array(fc.record({ time: fc.nat(50), value: fc.nat() }));
  fc.assert(
    fc.property(arrivals, (points) => {
      const line = lineOf(points);
      const times = line.map((point) => point.time);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      expect(line.at(-1)).toEqual(points.at(-1));
    }),
  );
});

test("a long line forgets its oldest points", () => {
  const line = lineOf(Array.from({ length: MAX_POINTS + 5 }, (_, time) => ({ time, value: 1 })));
  expect(line).toHaveLength(MAX_POINTS);
  expect(line[0]?.time).toBe(5);
});

test("a finished bar wins over what was seen of it live", () => {
  expect(mergeBars([bar(1), bar(2, 7)], [bar(2, 6), bar(3)])).toEqual([bar(1), bar(2, 7), bar(3)]);
});

test("the bar being built is replaced, the next one appended", () => {
  const bars = [bar(1), bar(1, 2), bar(2)].reduce<readonly Candle[]>(appendBar, []);
  expect(bars).toEqual([bar(1, 2), bar(2)]);
});

test("live bars start over when market time goes back", () => {
  expect(appendBar([bar(5)], bar(2))).toEqual([bar(2)]);
});

test("bars without any range are closing prices", () => {
  expect(onlyCloses([])).toBe(true);
  expect(onlyCloses([bar(1), bar(2)])).toBe(true);
  expect(onlyCloses([bar(1), { ...bar(2), high: 2 }])).toBe(false);
});

test("closing prices end where the live line begins", () => {
  const line = joinLine([bar(1, 5), bar(2, 6), bar(3, 7)], [{ time: 3, value: 8 }]);
  expect(line.map(({ time, value }) => [time, value])).toEqual([
    [1, 5],
    [2, 6],
    [3, 8],
  ]);
  expect(joinLine([bar(1, 5)], [])).toEqual([{ time: 1, value: 5 }]);
});

test("newest bars replace what was known of them and extend the list", () => {
  expect(extendBars([bar(1), bar(2), bar(3)], [bar(2, 9), bar(3), bar(4)])).toEqual([
    bar(1),
    bar(2, 9),
    bar(3),
    bar(4),
  ]);
});

test("a hole between known and newest bars, or a market started over, asks for the whole list", () => {
  expect(extendBars([bar(1)], [bar(5)])).toBeUndefined();
  expect(extendBars([bar(7), bar(8)], [bar(1), bar(2)])).toBeUndefined();
  expect(extendBars([], [bar(1)])).toBeUndefined();
  expect(extendBars([bar(1)], [])).toBeUndefined();
});
