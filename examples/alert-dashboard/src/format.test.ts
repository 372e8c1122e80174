import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatChange,
  formatMarketClock,
  formatMarketTime,
  formatPercent,
  formatPrice,
  formatSpan,
  formatSpeed,
  formatVolume,
  secondsUntil,
} from "./format.js";

test("a price has two decimals and separated thousands", () => {
  expect(formatPrice(1455.219971)).toBe("1,455.22");
  expect(formatPrice(0)).toBe("0.00");
});

test("a price below one keeps four decimals", () => {
  expect(formatPrice(0.08125)).toBe("0.0813");
});

test("a change carries its sign, with a minus as wide as the plus", () => {
  expect(formatChange(3.5)).toBe("+3.50");
  expect(formatChange(-3.5)).toBe("−3.50");
  expect(formatPercent(-0.251)).toBe("−0.25%");
});

test("a change that rounds to nothing has no sign", () => {
  expect(formatChange(0.001)).toBe("0.00");
  expect(formatChange(-0.001)).toBe("0.00");
});

test("a source without volume shows a dash", () => {
  expect(formatVolume(0)).toBe("–");
  expect(formatVolume(931_800_000)).toBe("931.8M");
});

test("market time is UTC wherever the reader sits", () => {
  expect(formatMarketTime(Date.UTC(2008, 8, 15, 14, 32))).toBe("2008-09-15 14:32");
  expect(formatMarketClock(Date.UTC(2000, 0, 3))).toBe("Mon 2000-01-03 00:00");
});

test("a span is told in the largest unit that divides it", () => {
  expect(formatSpan(3_600_000)).toBe("1 h");
  expect(formatSpan(5_400_000)).toBe("90 min");
  expect(formatSpan(86_400_000)).toBe("1 d");
  expect(formatSpan(1_500)).toBe("1,500 ms");
  expect(formatSpan(0)).toBe("none");
});

test("a speed is told as market time per second, a market day being 6.5 hours of trade", () => {
  expect(formatSpeed(1)).toBe("1×");
  expect(formatSpeed(1.5)).toBe("1.5×");
  expect(formatSpeed(3_600)).toBe("1 h/s");
  expect(formatSpeed(23_400)).toBe("1 day/s");
  expect(formatSpeed(117_000)).toBe("5 days/s");
  expect(formatSpeed(1_000)).toBe("1,000×");
});

test("a countdown never goes below zero and never shows 0 early", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (at, now) => {
      const left = secondsUntil(at, now);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left === 0).toBe(at <= now);
    }),
  );
});
