import { expect, test } from "vitest";
import { reportOf } from "./frame-meter.js";

test("frames are counted by the time between the first and the last", () => {
  const begun = Array.from({ length: 61 }, (_, frame) => (frame * 1_000) / 60);
  expect(reportOf(begun, [2, 4], 0)).toMatchObject({ frames: 60, workMs: 3, longTasks: 0 });
});

test("a frame that came late is the longest, and does not hide in the mean", () => {
  const { intervalMs, longestMs } = reportOf([0, 10, 20, 30, 130], [], 1);
  expect(longestMs).toBe(100);
  expect(intervalMs).toBe(100);
});

test("nothing measured is reported as nothing", () => {
  expect(reportOf([], [], 0)).toEqual({
    frames: 0,
    intervalMs: 0,
    longestMs: 0,
    workMs: 0,
    longTasks: 0,
  });
});
