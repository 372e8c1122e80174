import { fakeClock } from "@tocsin/server-kit/testing";
import { describe, expect, it } from "vitest";
import { createBook } from "../market/book.js";
import { INDEX } from "../market/instruments.js";
import { createChains } from "./chains.js";
import { nextExpiries, optionName, readOptionName } from "./instrument.js";
import { priced, RATE, volatilityOf } from "./model.js";

const DAY = 86_400_000;
const NOON = Date.UTC(2008, 8, 2, 16);

function setUp() {
  const clock = fakeClock();
  const book = createBook([INDEX]);
  const chains = createChains(book, clock);
  const take = (price: number, at = NOON) => book.take({ symbol: "SPX", price, at, volume: 0 });
  return { clock, chains, take };
}

describe("names of options", () => {
  it("say all there is to know, and are read as they are written", () => {
    const option = {
      underlying: "SIM-C",
      expiry: Date.UTC(2008, 8, 19, 21),
      strike: 102.5,
      kind: "put",
    } as const;
    expect(optionName(option)).toBe("SIM-C-19SEP08-102.5-P");
    expect(readOptionName("SIM-C-19SEP08-102.5-P")).toEqual(option);
  });

  it.each([
    "SPX",
    "SPX-31FEB08-1300-C",
    "SPX-19SEP08-0-C",
    "SPX-019SEP08-1300-C",
    "SPX-19SEP08-1300.0-C",
    "",
  ])("are not made of %j", (name) => {
    expect(readOptionName(name)).toBeUndefined();
  });

  it("expire on the third Fridays to come, not on one that is almost over", () => {
    const days = (at: number) => nextExpiries(at, 3).map((each) => new Date(each).toISOString());
    expect(days(NOON)).toEqual([
      "2008-09-19T21:00:00.000Z",
      "2008-10-17T21:00:00.000Z",
      "2008-11-21T21:00:00.000Z",
    ]);
    expect(days(Date.UTC(2008, 8, 19, 15))[0]).toBe("2008-10-17T21:00:00.000Z");
  });
});

describe("priced", () => {
  const smile = { atTheMoney: 0.2, skew: 0.1, curve: 0.1 };
  const expiry = NOON + 180 * DAY;
  const price = (kind: "call" | "put", strike: number, spot = 100, at = NOON) =>
    priced({ underlying: "SPX", expiry, strike, kind }, spot, at, smile);

  it("keeps put-call parity at every strike", () => {
    for (const strike of [80, 95, 100, 105, 120]) {
      const forward = 100 - strike * Math.exp(-RATE * (180 / 365));
      const call = price("call", strike).mark ?? 0;
      const put = price("put", strike).mark ?? 0;
      expect(call - put).toBeCloseTo(forward, 1);
    }
  });

  it("has the Greeks that small moves of price and time show", () => {
    const row = price("call", 100);
    const flat = { atTheMoney: 0.2, skew: 0, curve: 0 };
    const mark = (spot: number, at: number) =>
      priced({ underlying: "SPX", expiry, strike: 100, kind: "call" }, spot, at, flat).mark ?? 0;
    const { delta = 0, theta = 0 } =
      priced({ underlying: "SPX", expiry, strike: 100, kind: "call" }, 100, NOON, flat).greeks ??
      {};
    expect((mark(101, NOON) - mark(99, NOON)) / 2).toBeCloseTo(delta, 1);
    expect(mark(100, NOON + 10 * DAY) - mark(100, NOON)).toBeCloseTo(10 * theta, 1);
    expect(theta).toBeLessThan(0);
    expect(row).toMatchObject({ bid: null, ask: null, underlyingPrice: 100, kind: "call" });
  });

  it("takes lower strikes for more volatile, within bounds", () => {
    expect(volatilityOf(smile, -0.5)).toBeGreaterThan(volatilityOf(smile, 0));
    expect(volatilityOf(smile, 100)).toBe(2);
    expect(volatilityOf({ ...smile, curve: 0 }, 100)).toBe(0.05);
  });
});

describe("createChains", () => {
  it("lists strikes around the price, three expiries, calls and puts", () => {
    const { chains, take } = setUp();
    expect(chains.rows("SPX")).toEqual([]);
    expect(chains.rows("AAPL")).toBeUndefined();
    take(1_277);
    const rows = chains.rows("SPX") ?? [];
    expect(rows).toHaveLength(3 * 11 * 2);
    const strikes = [...new Set(rows.map(({ strike }) => strike))];
    expect(strikes).toEqual([
      1_180, 1_200, 1_220, 1_240, 1_260, 1_280, 1_300, 1_320, 1_340, 1_360, 1_380,
    ]);
    expect(new Set(rows.map(({ instrument }) => instrument)).size).toBe(rows.length);
  });

  it("computes them again when the price has moved more than a tick, or after ten seconds", () => {
    const { chains, take, clock } = setUp();
    take(1_277);
    const first = chains.rows("SPX");
    take(1_277.1, NOON + 1);
    expect(chains.rows("SPX")).toBe(first);
    take(1_277.2, NOON + 2);
    const second = chains.rows("SPX");
    expect(second).not.toBe(first);
    clock.advance(9_999);
    expect(chains.rows("SPX")).toBe(second);
    clock.advance(1);
    expect(chains.rows("SPX")).not.toBe(second);
  });

  it("prices an option that is far from the price now, and none that is over or unknown", () => {
    const { chains, take } = setUp();
    take(1_277);
    expect(chains.row("SPX-17OCT08-900-P")).toMatchObject({ strike: 900, kind: "put" });
    expect(chains.row("SPX-15AUG08-1280-C")).toBeUndefined();
    expect(chains.row("AAPL-17OCT08-100-C")).toBeUndefined();
    const [listed] = chains.rows("SPX") ?? [];
    expect(chains.row(listed?.instrument ?? "")).toBe(listed);
  });

  it("knows what an option has gained since the last close of its underlying", () => {
    const { chains, take } = setUp();
    take(1_277, NOON - DAY);
    take(1_300, NOON);
    expect(chains.dayChange("SPX-17OCT08-1280-C")).toBeGreaterThan(5);
    expect(chains.dayChange("SPX-17OCT08-1280-P")).toBeLessThan(-5);
    expect(chains.dayChange("nothing")).toBeNull();
  });
});
