import type { Tick } from "@tocsin/protocol/alerts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { priceAt, spokenSource } from "../../../test/support/ticks.js";
import { fakeClock } from "../../testing/fake-clock.js";
import { compositeSource, type Failover } from "./composite.js";
import { FeedError } from "./feed-error.js";
import type { StalenessOptions } from "./freshness.js";

function setUp(options: StalenessOptions = {}) {
  const clock = fakeClock(1_000_000);
  const [first, second] = [spokenSource(), spokenSource()];
  const failovers: Failover[] = [];
  const source = compositeSource({
    sources: { first, second },
    routes: {
      BTC: [
        { source: "first", symbol: "btc_usd" },
        { source: "second", symbol: "BTCUSDT" },
      ],
    },
    symbols: ["BTC"],
    staleAfterMs: 10_000,
    healthyForMs: 30_000,
    onFailover: (failover) => failovers.push(failover),
    clock,
    ...options,
  });
  const seen: Tick[] = [];
  source.subscribe((tick) => seen.push(tick));
  source.start();
  const now = () => clock.now();
  return {
    ...{ clock, source, seen, failovers, first, second },
    prices: () => seen.map(({ price }) => price),
    /** Both venues tell the time as it is. */
    one: (price: number, at = now()) =>
      first.send({ ...priceAt(price, at, "btc_usd"), feedAt: at }),
    two: (price: number, at = now()) =>
      second.send({ ...priceAt(price, at, "BTCUSDT"), feedAt: at }),
  };
}

type SetUp = ReturnType<typeof setUp>;

function everySecond({ clock }: SetUp, seconds: number, tell: () => void): void {
  for (let passed = 0; passed < seconds; passed += 1) {
    tell();
    clock.advance(1_000);
  }
}

describe("compositeSource", () => {
  it("hands out the ticks of the first source, by the symbol's own name and with where they come from", () => {
    const all = setUp();
    all.one(100);
    all.two(101);
    expect(all.seen).toEqual([
      { ...priceAt(100, 1_000_000, "BTC"), feedAt: 1_000_000, venue: "first" },
    ]);
    expect(all.source.quotes(["BTC", "ETH"])).toEqual(all.seen);
  });

  it("listens to all sources of a symbol for as long as somebody watches it", () => {
    const { source, first, second } = setUp();
    source.watch(["BTC"]);
    source.unwatch(["BTC"]);
    expect([first.watching, second.watching]).toEqual([["btc_usd"], ["BTCUSDT"]]);
    source.unwatch(["BTC", "BTC"]);
    expect([first.watching, second.watching]).toEqual([[], []]);
  });

  it("fails over when the first goes stale, and hands out what the second said last", () => {
    const all = setUp();
    all.one(100);
    everySecond(all, 11, () => all.two(101));
    expect(all.prices()).toEqual([100, 101]);
    everySecond(all, 1, () => all.two(102));
    expect(all.prices()).toEqual([100, 101, 102]);
    expect(all.seen.at(-1)?.venue).toBe("second");
    expect(all.failovers).toEqual([
      { symbol: "BTC", from: "first", to: "second", reason: "stale", at: 1_011_000 },
    ]);
    expect(all.source.health()).toMatchObject({
      stale: [],
      active: { BTC: "second" },
      failovers: 1,
      lastTickAt: 1_011_000,
      sources: { first: { running: true }, second: { running: true } },
    });
  });

  it("takes a source that sends the same moment again and again for stale (trap 6)", () => {
    const all = setUp();
    everySecond(all, 12, () => {
      all.one(100, 1_000_000);
      all.two(101);
    });
    expect(all.failovers).toHaveLength(1);
  });

  it("returns to the first only when it has been healthy for a while", () => {
    const all = setUp();
    all.one(100);
    everySecond(all, 12, () => all.two(101));
    const both = () => {
      all.one(200);
      all.two(201);
    };
    everySecond(all, 20, both);
    everySecond(all, 15, () => all.two(201)); // and silent again
    everySecond(all, 29, both);
    expect(all.failovers).toHaveLength(1);
    everySecond(all, 5, both);
    expect(all.failovers.at(-1)).toMatchObject({
      from: "second",
      to: "first",
      reason: "recovered",
    });
    expect(all.seen.at(-1)).toMatchObject({ venue: "first", price: 200 });
  });

  it("waits for a source that lags behind the one it takes over from, and never goes back", () => {
    const all = setUp();
    all.one(100);
    everySecond(all, 12, () => all.two(101));
    everySecond(all, 40, () => {
      all.one(200, all.clock.now() - 2_500);
      all.two(201);
    });
    expect(all.source.health().active).toEqual({ BTC: "first" });
    const times = all.seen.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(all.prices().filter((price) => price === 200).length).toBeGreaterThan(3);
    expect(all.source.health().dropped).toBeGreaterThan(0);
  });

  it("says that a symbol is stale when no source has a price, and stays where it is", () => {
    const all = setUp();
    all.one(100);
    all.clock.advance(12_000);
    expect(all.failovers).toEqual([]);
    expect(all.source.health().stale).toEqual(["BTC"]);
  });

  it("says that a symbol without a route is stale", () => {
    const all = setUp();
    all.source.watch(["ETH", "constructor"]);
    everySecond(all, 12, () => all.one(100));
    expect(all.source.health().stale).toEqual(["ETH", "constructor"]);
  });

  it("counts no silence while the market is closed", () => {
    const all = setUp({ sessions: [{ open: 900_000, close: 1_005_000 }] });
    all.one(100);
    all.clock.advance(3_600_000);
    expect(all.source.health().stale).toEqual([]);
    expect(all.failovers).toEqual([]);
  });

  it("drops a tick that is older than the last one, and counts it", () => {
    const all = setUp();
    all.one(100, 1_000_000);
    all.one(99, 999_999);
    all.one(101, 1_000_000);
    expect(all.prices()).toEqual([100, 101]);
    expect(all.source.health().dropped).toBe(1);
  });

  it("hands out nothing once it is stopped, and stops its sources", () => {
    const all = setUp();
    all.source.stop();
    all.source.stop();
    all.one(100);
    expect(all.seen).toEqual([]);
    expect(all.clock.pending).toBe(0);
    expect(all.source.health()).toMatchObject({
      running: false,
      sources: { first: { running: false } },
    });
    all.source.start();
    all.one(100);
    expect(all.prices()).toEqual([100]);
  });

  it("asks sources for candles in their order, and goes on to the next when one fails", async () => {
    const failing = {
      ...spokenSource(),
      candles: () => Promise.reject(new FeedError("x", "no", true)),
    };
    const candle = { at: 0, open: 1, high: 1, low: 1, close: 1, volume: 0 };
    const asked: string[] = [];
    const answering = {
      ...spokenSource(),
      candles: async (symbol: string) => {
        asked.push(symbol);
        return [candle];
      },
    };
    const plain = spokenSource();
    const sources = { plain, failing, answering };
    const source = compositeSource({ sources });
    expect(await source.candles?.("BTC", { interval: "1m" })).toEqual([candle]);
    expect(asked).toEqual(["BTC"]);
    expect(source.chain).toBeUndefined();
    const other = compositeSource({
      sources,
      routes: { BTC: [{ source: "failing", symbol: "B" }] },
    });
    await expect(other.candles?.("BTC", { interval: "1m" })).rejects.toThrow("x: no");
    await expect(other.candles?.("ETH", { interval: "1m" })).rejects.toThrow(
      /no source has candles/,
    );
  });

  it("never goes back in time, whatever the interleaving, and says where each tick is from", () => {
    const step = fc.oneof(
      fc.record({ from: fc.constantFrom("one", "two"), late: fc.integer({ min: 0, max: 20_000 }) }),
      fc.record({ pass: fc.integer({ min: 1, max: 25_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const all = setUp();
        let price = 0;
        const told = new Map<number, string>();
        for (const now of steps) {
          if ("pass" in now) {
            all.clock.advance(now.pass);
            continue;
          }
          price += 1;
          told.set(price, now.from === "one" ? "first" : "second");
          all[now.from === "one" ? "one" : "two"](price, all.clock.now() - now.late);
        }
        const times = all.seen.map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const tick of all.seen) expect(tick.venue).toBe(told.get(tick.price));
        // No tick is handed out twice.
        expect(new Set(all.prices()).size).toBe(all.seen.length);
      }),
    );
  });
});
