import type { Tick } from "@tocsin/protocol/alerts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { priceAt } from "../../../test/support/ticks.js";
import { fakeClock } from "../../testing/fake-clock.js";
import { candlesOf, limitOf } from "./candles.js";
import { replaySource } from "./replay.js";
import { listSeries } from "./series.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("candlesOf", () => {
  it("keeps the first, highest, lowest and last price of each interval", () => {
    const ticks = [10, 12, 9, 11].map((price, index) => priceAt(price, index * 10_000));
    expect(candlesOf([...ticks, priceAt(20, 2 * MINUTE)], "1m")).toEqual([
      { at: 0, open: 10, high: 12, low: 9, close: 11, volume: 0 },
      { at: 2 * MINUTE, open: 20, high: 20, low: 20, close: 20, volume: 0 },
    ]);
  });

  it("counts what was traded within the interval, also across a new session", () => {
    const traded = (volume: number, at: number): Tick => ({ ...priceAt(1, at), volume });
    const ticks = [traded(100, 0), traded(150, 1), traded(180, MINUTE), traded(30, 2 * MINUTE)];
    expect(candlesOf(ticks, "1m").map(({ volume }) => volume)).toEqual([150, 30, 30]);
  });

  it("makes one candle of as many ticks as there are, and loses no price", () => {
    const times = fc.array(fc.integer({ min: 0, max: 2 * DAY }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(times, (all) => {
        const ticks = all.sort((a, b) => a - b).map((at, index) => priceAt(index + 1, at));
        const candles = candlesOf(ticks, "1h");
        expect(candles.map(({ at }) => at)).toEqual([
          ...new Set(all.map((at) => Math.floor(at / HOUR) * HOUR)),
        ]);
        expect(Math.max(...candles.map(({ high }) => high))).toBe(ticks.length);
        expect(Math.min(...candles.map(({ low }) => low))).toBe(1);
      }),
    );
  });

  it.each([
    [undefined, 500],
    [0, 1],
    [7.9, 7],
    [5_000, 1_000],
  ])("takes a limit of %s as %i", (limit, expected) => {
    expect(limitOf({ interval: "1m", ...(limit !== undefined && { limit }) })).toBe(expected);
  });
});

describe("replaySource", () => {
  // An hour of trade on each of ten days, a price a minute.
  const sessions = Array.from({ length: 10 }, (_, day) => ({
    open: day * DAY,
    close: day * DAY + HOUR,
  }));
  const times = sessions.flatMap(({ open }) =>
    Array.from({ length: 60 }, (_, m) => open + m * MINUTE),
  );
  const ticks = times.map((at, index) => ({
    ...priceAt(index + 1, at),
    volume: 10 * ((index % 60) + 1),
  }));
  const other = listSeries([priceAt(7, 3 * DAY, "OTHER")]);
  const setUp = (position: number) => {
    const source = replaySource({
      series: [listSeries(ticks), other],
      sessions,
      clock: fakeClock(),
    });
    source.playback.seek(position);
    return source;
  };

  it("has candles of what was played, and tells nothing of what comes", async () => {
    const source = setUp(2 * DAY + 30 * MINUTE);
    const candles = await source.candles("SPX", { interval: "1d" });
    expect(candles.map(({ at, open, close }) => [at, open, close])).toEqual([
      [0, 1, 60],
      [DAY, 61, 120],
      [2 * DAY, 121, 151],
    ]);
    expect(candles.map(({ volume }) => volume)).toEqual([600, 600, 310]);
    expect(await source.candles("SPX", { interval: "1m", from: 3 * DAY })).toEqual([]);
    expect(await source.candles("none", { interval: "1m" })).toEqual([]);
  });

  it("finds as many as are asked for behind the night", async () => {
    const candles = await setUp(2 * DAY + 10 * MINUTE).candles("SPX", {
      interval: "1m",
      limit: 200,
    });
    expect(candles.at(-1)?.at).toBe(2 * DAY + 10 * MINUTE);
    expect(candles.length).toBeGreaterThan(60);
  });

  it("has the first ones after a time, with their own volume", async () => {
    const source = setUp(9 * DAY);
    const query = { interval: "1m", from: DAY + 30 * MINUTE, limit: 2 } as const;
    expect(await source.candles("SPX", query)).toEqual([
      { at: DAY + 30 * MINUTE, open: 91, high: 91, low: 91, close: 91, volume: 10 },
      { at: DAY + 31 * MINUTE, open: 92, high: 92, low: 92, close: 92, volume: 10 },
    ]);
    const until = { interval: "1m", from: DAY, to: DAY + MINUTE } as const;
    expect(await source.candles("SPX", until)).toHaveLength(2);
  });

  it("knows the last price of each symbol also where it has just been sent to", () => {
    const source = setUp(4 * DAY);
    const prices = (at: number) => {
      source.playback.seek(at);
      return source.quotes(["SPX", "OTHER", "none"]).map(({ price }) => price);
    };
    expect(prices(4 * DAY)).toEqual([241, 7]);
    expect(prices(2 * DAY)).toEqual([121]);
    expect(prices(-1)).toEqual([]);
  });

  it("does not hand a listener a later tick before an earlier one when another stops it", () => {
    const clock = fakeClock();
    const source = replaySource({ series: [listSeries(ticks)], sessions, clock, speed: 60_000 });
    const seen: number[] = [];
    source.subscribe(() => source.stop());
    source.subscribe(({ price }) => seen.push(price));
    source.start();
    clock.advance(100);
    expect(seen).toEqual([1]);
    source.start();
    clock.advance(100);
    expect(seen).toEqual([1, 2]);
  });

  it("goes back, and on from there, after its end", () => {
    const clock = fakeClock();
    const source = replaySource({ series: [listSeries(ticks)], sessions, clock, speed: 1e6 });
    const seen: number[] = [];
    source.subscribe(({ price }) => seen.push(price));
    source.start();
    clock.advance(10_000);
    expect(source.playback.ended).toBe(true);
    source.playback.seek(times.at(-3) ?? 0);
    expect(source.playback.ended).toBe(false);
    source.start();
    clock.advance(10_000);
    expect(seen.slice(-3)).toEqual([600, 599, 600]);
  });
});
