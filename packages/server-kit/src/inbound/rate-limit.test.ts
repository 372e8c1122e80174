import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateLimitError, tokenBucket } from "./rate-limit.js";

const START = 1_700_000_000_000;

describe("tokenBucket", () => {
  it("allows a burst at once and says when the next one is due (A38)", () => {
    const bucket = tokenBucket({ ratePerSecond: 3, burst: 7 }, START);
    for (let turn = 0; turn < 7; turn += 1) {
      expect(bucket.take(1, START)).toEqual({ allowed: true });
    }
    expect(bucket.take(1, START)).toEqual({ allowed: false, retryAfterMs: 334 });
    expect(bucket.take(1, START + 333)).toEqual({ allowed: false, retryAfterMs: 1 });
    expect(bucket.take(1, START + 334)).toEqual({ allowed: true });
  });

  it("does not charge for what it refuses", () => {
    const bucket = tokenBucket({ ratePerSecond: 1, burst: 1 }, START);
    bucket.take(1, START);
    for (let turn = 0; turn < 100; turn += 1) bucket.take(1, START + 500);
    expect(bucket.take(1, START + 1_000)).toEqual({ allowed: true });
  });

  it("saves up no more than the burst", () => {
    const bucket = tokenBucket({ ratePerSecond: 10, burst: 2 }, START);
    const later = START + 3_600_000;
    expect([1, 1, 1].map((cost) => bucket.take(cost, later).allowed)).toEqual([true, true, false]);
  });

  it("allows a cost above the burst when the bucket is full", () => {
    const bucket = tokenBucket({ ratePerSecond: 10, burst: 2 }, START);
    expect(bucket.take(50, START)).toEqual({ allowed: true });
    expect(bucket.take(50, START)).toEqual({ allowed: false, retryAfterMs: 200 });
    expect(bucket.take(50, START + 200)).toEqual({ allowed: true });
  });

  it("gives nothing and takes nothing when the clock steps back", () => {
    const bucket = tokenBucket({ ratePerSecond: 1, burst: 2 }, START);
    bucket.take(1, START);
    expect(bucket.take(1, START - 3_600_000)).toEqual({ allowed: true });
    expect(bucket.take(1, START)).toEqual({ allowed: false, retryAfterMs: 1_000 });
    expect(bucket.take(1, START + 1_000)).toEqual({ allowed: true });
  });

  it("sets no limit with an infinite rate", () => {
    const bucket = tokenBucket({ ratePerSecond: Number.POSITIVE_INFINITY, burst: 1 }, START);
    for (let turn = 0; turn < 100; turn += 1) expect(bucket.take(1, START).allowed).toBe(true);
  });

  it.each([
    { ratePerSecond: 0, burst: 1 },
    { ratePerSecond: -1, burst: 1 },
    { ratePerSecond: Number.NaN, burst: 1 },
    { ratePerSecond: 1, burst: 0 },
    { ratePerSecond: 1, burst: Number.POSITIVE_INFINITY },
  ])("refuses $ratePerSecond a second with a burst of $burst", (limit) => {
    expect(() => tokenBucket(limit, START)).toThrow(RateLimitError);
  });

  it("keeps its word on retryAfterMs, and never allows more than burst + rate × time", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10_000, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.record({ wait: fc.nat(2_000), cost: fc.integer({ min: 1, max: 50 }) })),
        (ratePerSecond, burst, steps) => {
          const bucket = tokenBucket({ ratePerSecond, burst }, START);
          let now = START;
          let spent = 0;
          for (const { wait, cost } of steps) {
            now += wait;
            const price = Math.min(cost, burst);
            const taken = bucket.take(cost, now);
            if (!taken.allowed) {
              now += taken.retryAfterMs;
              expect(bucket.take(cost, now)).toEqual({ allowed: true });
            }
            spent += price;
            expect(spent).toBeLessThanOrEqual(
              burst + ((now - START) * ratePerSecond) / 1_000 + 1e-6,
            );
          }
        },
      ),
    );
  });
});
