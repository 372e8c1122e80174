import { describe, expect, it } from "vitest";
import { barSeries, barTicks } from "./bars.js";

const day = Date.UTC(2008, 8, 15);
const up = { day, open: 100, high: 110, low: 95, close: 105, volume: 7 };
const down = { ...up, day: day + 86_400_000, close: 96 };

describe("barTicks", () => {
  it("spreads four prices over the session, 14:30 to 21:00 UTC", () => {
    expect(barTicks("SPX", up).map(({ at }) => new Date(at).toISOString().slice(11, 16))).toEqual([
      "14:30",
      "16:40",
      "18:50",
      "21:00",
    ]);
  });

  it("puts the low first on a day that closed up, and the high first on one that closed down", () => {
    expect(barTicks("SPX", up).map(({ price }) => price)).toEqual([100, 95, 110, 105]);
    expect(barTicks("SPX", down).map(({ price }) => price)).toEqual([100, 110, 95, 96]);
  });

  it("knows the volume only at the close", () => {
    expect(barTicks("SPX", up).map(({ volume }) => volume)).toEqual([0, 0, 0, 7]);
  });
});

describe("barSeries", () => {
  it("goes on strictly after a market time", () => {
    const series = barSeries("SPX", [up, down]);
    const [, second, third] = barTicks("SPX", up);
    expect([...series.after(second?.at ?? 0)][0]).toEqual(third);
    expect([...series.after(day + 2 * 86_400_000)]).toEqual([]);
  });
});
