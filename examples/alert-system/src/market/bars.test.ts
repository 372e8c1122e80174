import { describe, expect, it } from "vitest";
import { createBars } from "./bars.js";

const MINUTE = 60_000;
const tick = (at: number, price: number, volume = 0) => ({ symbol: "SPX", price, at, volume });

describe("createBars", () => {
  it("builds bars of every interval from the same ticks", () => {
    const bars = createBars();
    for (const [at, price, volume] of [
      [0, 10, 5],
      [30_000, 12, 8],
      [MINUTE, 9, 8],
      [6 * MINUTE, 11, 20],
    ] as const) {
      bars.take(tick(at, price, volume));
    }
    expect(bars.last("1m", 9)).toEqual([
      { time: "0", open: 10, high: 12, low: 10, close: 12, volume: 8 },
      { time: "60000", open: 9, high: 9, low: 9, close: 9, volume: 0 },
      { time: "360000", open: 11, high: 11, low: 11, close: 11, volume: 12 },
    ]);
    expect(bars.last("5m", 9).map(({ time, volume }) => [time, volume])).toEqual([
      ["0", 8],
      ["300000", 12],
    ]);
    expect(bars.last("1d", 9)).toEqual([
      { time: "0", open: 10, high: 12, low: 9, close: 11, volume: 20 },
    ]);
  });

  it("takes falling volume for a new session, or for less trade where it counts the last 24 hours", () => {
    for (const [counts, volumes] of [
      ["session", [100, 30]],
      ["rolling", [0, 0]],
    ] as const) {
      const bars = createBars(undefined, counts);
      bars.take(tick(0, 10, 100));
      bars.take(tick(86_400_000, 10, 30));
      expect(bars.last("1d", 2).map(({ volume }) => volume)).toEqual(volumes);
    }
  });

  it("never changes a bar that somebody has", () => {
    const bars = createBars();
    bars.take(tick(0, 10));
    const [first] = bars.last("1m", 1);
    bars.take(tick(1, 11));
    expect(first?.close).toBe(10);
    expect(bars.back("1m", 0)?.close).toBe(11);
    expect(bars.last("1m", 1)[0]).toBe(bars.last("1m", 1)[0]);
  });

  it("keeps no more than it was told, however long it runs", () => {
    const bars = createBars({ "1m": 3, "5m": 3, "1h": 3, "1d": 3 });
    for (let minute = 0; minute < 50; minute += 1) bars.take(tick(minute * MINUTE, 1 + minute));
    expect(bars.last("1m", 100).map(({ open }) => open)).toEqual([48, 49, 50]);
    expect(bars.back("1m", 8)).toBeUndefined();
  });

  it("puts a past in front of what it has once, and completes the bar it came into", () => {
    const bars = createBars();
    bars.take(tick(2 * MINUTE, 3));
    const past = [0, 1, 2].map((minute) => ({
      time: String(minute * MINUTE),
      open: minute === 2 ? 7 : minute + 1,
      high: 9,
      low: 1,
      close: 2,
      volume: 1,
    }));
    bars.seed("1m", past);
    bars.seed("1m", past);
    bars.take(tick(2 * MINUTE + 1, 4));
    expect(bars.last("1m", 9)).toEqual([
      { time: "0", open: 1, high: 9, low: 1, close: 2, volume: 1 },
      { time: "60000", open: 2, high: 9, low: 1, close: 2, volume: 1 },
      { time: "120000", open: 7, high: 9, low: 1, close: 4, volume: 1 },
    ]);
  });
});
