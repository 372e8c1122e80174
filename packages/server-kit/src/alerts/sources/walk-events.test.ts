import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fakeClock } from "../../testing/fake-clock.js";
import { SourceError } from "../errors.js";
import { randomWalkSeries, type WalkSettings } from "./random-walk.js";
import { simulatedSource } from "./simulated.js";

// Days that meet at midnight, as of a market that never closes.
const DAY = 86_400_000;
const sessions = Array.from({ length: 5 }, (_, day) => ({
  open: day * DAY,
  close: (day + 1) * DAY,
}));
const everyMs = 3_600_000;
const calm: WalkSettings = { symbol: "SIM", price: 100, everyMs };
const play = (settings: Partial<WalkSettings>, seed = "seed", after = -1) => [
  ...randomWalkSeries({ ...calm, ...settings }, sessions, seed).after(after),
];

const chance = fc.double({ min: 0, max: 1, noNaN: true });
const lively = fc.record({
  price: fc.double({ min: 0.01, max: 100_000, noNaN: true }),
  everyMs: fc.integer({ min: 3_600_000, max: 20_000_000 }),
  volatility: fc.double({ min: 0, max: 20, noNaN: true }),
  gaps: fc.record({ probability: chance, size: fc.double({ min: 0, max: 2, noNaN: true }) }),
  halts: fc.record({ probability: chance, lengthMs: fc.integer({ min: 0, max: DAY }) }),
  bursts: fc.record({
    probability: chance,
    ticks: fc.integer({ min: 0, max: 20 }),
    withinMs: fc.integer({ min: 0, max: 30_000_000 }),
  }),
});

describe("randomWalkSeries with gaps, halts and bursts", () => {
  it("is the same for the same seed, has prices above 0 and times that only go up, and goes on anywhere", () => {
    fc.assert(
      fc.property(lively, fc.string(), fc.nat(), (settings, seed, where) => {
        const ticks = play(settings, seed);
        expect(play(settings, seed)).toEqual(ticks);
        const wrong = ticks.filter(
          ({ price, at, volume }, index) =>
            !(price > 0) || !(volume > 0) || at <= (ticks[index - 1]?.at ?? -1),
        );
        expect(wrong).toEqual([]);
        if (ticks.length === 0) return;
        const from = where % ticks.length;
        expect(play(settings, seed, ticks[from]!.at)).toEqual(ticks.slice(from + 1));
      }),
      { numRuns: 30 },
    );
  });

  it("comes on top of the same walk: without any of them nothing changes", () => {
    const none = { gaps: { probability: 0 }, halts: { probability: 0, lengthMs: DAY } };
    expect(play({ ...none, bursts: { probability: 0, ticks: 9 } })).toEqual(play({}));
  });

  it("jumps where there is a gap and nowhere else", () => {
    const largest = (settings: Partial<WalkSettings>) => {
      const prices = play(settings).map(({ price }) => price);
      return Math.max(
        ...prices.slice(1).map((price, at) => Math.abs(Math.log(price / prices[at]!))),
      );
    };
    expect(largest({})).toBeLessThan(0.03);
    expect(largest({ gaps: { probability: 0.1, size: 0.2 } })).toBeGreaterThan(0.1);
  });

  it("has no tick during a halt", () => {
    const times = play({ halts: { probability: 0.1, lengthMs: 5 * everyMs } }).map(({ at }) => at);
    const silences = times.slice(1).map((at, index) => at - times[index]!);
    expect(Math.max(...silences)).toBeGreaterThanOrEqual(5 * everyMs);
    expect(times.length).toBeLessThan(play({}).length);
  });

  it("has all ticks of a burst within its time", () => {
    const ticks = play({ bursts: { probability: 0.2, ticks: 50, withinMs: 2_000 } });
    const burst = ticks.filter(({ at }, index) => at - (ticks[index - 1]?.at ?? 0) <= 40);
    expect(burst.length).toBeGreaterThan(100);
    expect(burst.length % 50).toBe(0);
  });

  it("moves more with more volatility", () => {
    const spread = (volatility: number) => {
      const prices = play({ volatility }).map(({ price }) => price);
      return Math.max(...prices) / Math.min(...prices);
    };
    expect(spread(5)).toBeGreaterThan(spread(1) * 1.1);
    expect(spread(0)).toBe(1);
  });

  it("refuses a chance that is none", () => {
    expect(() => play({ halts: { probability: 2, lengthMs: 1 } })).toThrow(SourceError);
    expect(() => play({ gaps: { probability: Number.NaN } })).toThrow(/gaps.probability: must be/);
  });
});

describe("simulatedSource", () => {
  it("says that a halted symbol is stale, and only while it is (trap 6)", () => {
    const clock = fakeClock();
    const source = simulatedSource({
      symbols: [{ ...calm, everyMs: 1_000, halts: { probability: 0.01, lengthMs: 60_000 } }],
      sessions: [{ open: 0, close: DAY }],
      seed: "halting",
      staleAfterMs: 5_000,
      clock,
    });
    let last = 0;
    source.subscribe(({ at }) => {
      last = at;
    });
    source.start();
    const started = clock.now();
    const told = new Set<boolean>();
    for (let passed = 0; passed < 1_000; passed += 1) {
      clock.advance(1_000);
      const silent = clock.now() - started - last;
      const { stale } = source.health();
      told.add(stale.length > 0);
      if (silent > 6_000) expect(stale).toEqual(["SIM"]);
      if (silent < 4_000) expect(stale).toEqual([]);
    }
    expect(told.size).toBe(2);
  });
});
