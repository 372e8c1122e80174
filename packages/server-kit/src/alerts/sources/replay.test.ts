import type { Tick } from "@tocsin/protocol/alerts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { priceAt as tickAt } from "../../../test/support/ticks.js";
import { fakeClock } from "../../testing/fake-clock.js";
import { SourceError } from "../errors.js";
import { replaySource } from "./replay.js";
import { listSeries } from "./series.js";
import { simulatedSource } from "./simulated.js";

// Two sessions of 100 ms with a long night between them, a tick every 20 ms.
const sessions = [
  { open: 0, close: 100 },
  { open: 10_000, close: 10_100 },
];
const times = sessions.flatMap(({ open }) => [0, 20, 40, 60, 80, 100].map((ms) => open + ms));
const ticks = times.map((at, index) => tickAt(index + 1, at));

function setUp(options: { speed?: number; from?: number } = {}) {
  const clock = fakeClock(5_000);
  const source = replaySource({ series: [listSeries(ticks)], sessions, clock, ...options });
  const seen: Tick[] = [];
  source.subscribe((tick) => seen.push(tick));
  return { clock, source, seen, prices: () => seen.map(({ price }) => price) };
}

describe("replaySource", () => {
  it("hands out nothing before it is started", () => {
    const { clock, prices } = setUp();
    clock.advance(1_000);
    expect(prices()).toEqual([]);
  });

  it("plays every tick at its market time", () => {
    const { clock, source, prices } = setUp();
    source.start();
    source.start();
    clock.advance(45);
    expect(prices()).toEqual([1, 2, 3]);
    expect(source.playback.position).toBe(40);
    expect(source.health()).toEqual({ running: true, lastTickAt: 5_040, stale: [] });
  });

  it("skips closed hours: the night takes no time", () => {
    const { clock, source, prices } = setUp();
    source.start();
    clock.advance(145);
    expect(prices()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("plays faster when told to, from then on", () => {
    const { clock, source, prices } = setUp();
    source.start();
    clock.advance(30);
    source.playback.setSpeed(10);
    expect(source.playback.speed).toBe(10);
    clock.advance(10);
    expect(prices()).toHaveLength(8);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the speed %d", (speed) => {
    const { source } = setUp();
    expect(() => source.playback.setSpeed(speed)).toThrow(SourceError);
    expect(() => setUp({ speed })).toThrow(/speed: must be a number above 0/);
  });

  it("holds the market while it is stopped", () => {
    const { clock, source, prices } = setUp();
    source.start();
    clock.advance(25);
    source.stop();
    expect(clock.pending).toBe(0);
    clock.advance(10_000);
    source.start();
    clock.advance(20);
    expect(prices()).toEqual([1, 2, 3]);
  });

  it("does not let the market jump when the machine slept", () => {
    const clock = fakeClock();
    let asleep = 0;
    const source = replaySource({
      series: [listSeries(Array.from({ length: 90 }, (_, index) => tickAt(1, index * 1_000)))],
      sessions: [{ open: 0, close: 90_000 }],
      clock: { now: () => clock.now() + asleep, after: clock.after },
    });
    const seen: number[] = [];
    source.subscribe(({ at }) => seen.push(at));
    source.start();
    clock.advance(2_000);
    asleep = 3_600_000;
    clock.advance(1_000);
    expect(seen).toEqual([0, 1_000, 2_000, 3_000]);
  });

  it("takes no symbol for silent because the process is late to hand out its prices (trap 6)", () => {
    const clock = fakeClock();
    let late = 0;
    const source = replaySource({
      series: [listSeries(ticks)],
      sessions,
      staleAfterMs: 30,
      clock: { now: () => clock.now() + late, after: clock.after },
    });
    source.start();
    clock.advance(40);
    late = 50;
    expect(source.health().stale).toEqual([]);
    clock.advance(10);
    expect(source.health().stale).toEqual([]);
  });

  it("does not go back when the machine's clock is set back (F16)", () => {
    const clock = fakeClock();
    let shift = 0;
    const source = replaySource({
      series: [listSeries(ticks)],
      sessions,
      clock: { now: () => clock.now() + shift, after: clock.after },
    });
    const seen: number[] = [];
    source.subscribe(({ at }) => seen.push(at));
    source.start();
    clock.advance(50);
    shift = -3_600_000;
    clock.advance(150);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(5);
  });

  it("goes on strictly after the position it is sent to", () => {
    const { clock, source, prices } = setUp({ from: 20 });
    source.start();
    clock.advance(25);
    expect(prices()).toEqual([3]);
    source.playback.seek(10_000);
    clock.advance(45);
    expect(prices()).toEqual([3, 8, 9]);
  });

  it("ends after the last tick, and starting it then does nothing", () => {
    const { clock, source, prices } = setUp();
    source.start();
    expect(source.playback.ended).toBe(false);
    clock.advance(500);
    expect(prices()).toHaveLength(ticks.length);
    expect(source.playback.ended).toBe(true);
    expect(source.health().running).toBe(false);
    source.start();
    expect(clock.pending).toBe(0);
  });

  it("plays the same ticks whatever the speed and wherever it was stopped and resumed", () => {
    const cut = fc.record({
      ms: fc.integer({ min: 1, max: 80 }),
      speed: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 10 }), (cuts) => {
        const seen: Tick[] = [];
        let position = -1;
        for (const { ms, speed } of [...cuts, { ms: 1_000, speed: 1 }]) {
          const clock = fakeClock();
          const source = replaySource({ series: [listSeries(ticks)], sessions, clock, speed });
          source.playback.seek(position);
          source.subscribe((tick) => seen.push(tick));
          source.start();
          clock.advance(ms);
          source.stop();
          position = source.playback.position;
        }
        expect(seen).toEqual(ticks);
      }),
    );
  });

  it("stops sending to a listener that left", () => {
    const { clock, source } = setUp();
    const seen: Tick[] = [];
    const leave = source.subscribe((tick) => seen.push(tick));
    source.start();
    clock.advance(10);
    leave();
    clock.advance(50);
    expect(seen).toHaveLength(1);
  });
});

describe("simulatedSource", () => {
  it("plays made-up prices that are the same for the same seed", () => {
    const play = () => {
      const clock = fakeClock();
      const symbols = [{ symbol: "SIM-A", price: 10, everyMs: 10 }];
      const source = simulatedSource({ symbols, sessions, seed: "s", clock });
      const seen: Tick[] = [];
      source.subscribe((tick) => seen.push(tick));
      source.start();
      clock.advance(500);
      return seen;
    };
    expect(play().length).toBeGreaterThanOrEqual(20);
    expect(play()).toEqual(play());
  });
});
