import { expect, test } from "vitest";
import type { ChartBar } from "./bars.js";
import { marksOf } from "./use-markers.js";

const MINUTE = 60_000;
const colors = { accent: "#000000", warn: "#000000", down: "#000000", muted: "#000000" };
const bars: ChartBar[] = [0, 60, 120].map((time) => ({
  time,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 0,
}));
const fire = (at: number) => ({ ruleId: "r", at, price: 1, suppressed: false });
const marks = (...times: number[]) =>
  marksOf({ alerts: [], preview: times.map(fire) }, bars, colors, MINUTE);

test("what fires within one bar is one mark with its number", () => {
  expect(marks(61_000, 70_000, 5_000).map(({ time, text }) => [time, text])).toEqual([
    [0, undefined],
    [60, "×2"],
  ]);
});

test("what fired before the first bar or after the last one is not marked", () => {
  expect(marks(-1, 180_000, 900_000)).toEqual([]);
  expect(marks(179_999)).toHaveLength(1);
});
