import { describe, expect, it } from "vitest";
import { scene } from "../../../test/support/rules.js";

const HOUR = 3_600_000;
const change = (percent: number, direction: "up" | "down" | "either" = "either") =>
  ({ kind: "percent-change", percent, direction, windowMs: HOUR }) as const;

describe("percent change", () => {
  it("compares with the price a window ago, or the first there was", () => {
    const { play } = scene([change(10)]);
    expect(play([0, 100], [1_000, 109], [2_000, 110])).toEqual(["fired percent-change @2000"]);
  });

  it("lets go of what is older than the window", () => {
    const { play } = scene([change(10)]);
    expect(play([0, 100], [HOUR / 2, 105], [HOUR * 1.5, 114], [HOUR * 1.6, 115.5])).toEqual([
      `fired percent-change @${HOUR * 1.6}`,
    ]);
  });

  it("is measured from the price it fired at, and only firing moves that (trap 2)", () => {
    const { play } = scene([change(10)]);
    expect(play([0, 100], [1, 110], [2, 115], [3, 120.9], [4, 121])).toEqual([
      "fired percent-change @1",
      "resolved percent-change @2",
      "fired percent-change @4",
    ]);
  });

  it("met again at the next tick is another fire, with a resolve between", () => {
    const { play } = scene([change(10)]);
    expect(play([0, 100], [1, 110], [2, 121])).toEqual([
      "fired percent-change @1",
      "resolved percent-change @2",
      "fired percent-change @2",
    ]);
  });

  it.each([
    ["up", [0, 100], [1, 80], [2, 89], []],
    ["down", [0, 100], [1, 111], [2, 90], ["fired percent-change @2"]],
  ] as const)("%s looks one way", (direction, a, b, c, expected) => {
    expect(scene([change(10, direction)]).play(a, b, c)).toEqual(expected);
  });

  it.each([
    [1.1, 1.21, 10],
    [0.3, 0.33, 10],
    [100, 115, 15],
    [19.99, 20.9895, 5],
  ])("from %f to %f is %d percent, whatever binary fractions make of it", (from, to, percent) => {
    expect(scene([change(percent)]).play([0, from], [1, to])).toHaveLength(1);
    expect(scene([change(percent)]).play([0, from], [1, to * 0.9999])).toHaveLength(0);
  });

  it("has rules that ask for different changes share one window", () => {
    const { play } = scene([
      { ...change(5), id: "five" },
      { ...change(20), id: "twenty" },
      { ...change(10), id: "ten" },
    ]);
    expect(play([0, 100], [1, 112], [2, 112], [3, 135])).toEqual([
      "fired five @1",
      "fired ten @1",
      "resolved five @2",
      "resolved ten @2",
      "fired five @3",
      "fired ten @3",
      "fired twenty @3",
    ]);
  });
});

describe("range breakout", () => {
  const breakout = { kind: "range-breakout", windowMs: 10_000 } as const;

  it("needs a window of data, then fires on a price beyond all of it", () => {
    const { play } = scene([breakout]);
    expect(play([0, 100], [1_000, 105], [5_000, 110])).toEqual([]);
    expect(play([10_000, 110], [11_000, 110.5], [12_000, 110.5], [13_000, 99])).toEqual([
      "fired range-breakout @11000",
      "resolved range-breakout @12000",
      "fired range-breakout @13000",
    ]);
  });

  it("forgets highs that left the window", () => {
    const { play } = scene([{ ...breakout, direction: "high" }]);
    expect(play([0, 100], [1_000, 200], [5_000, 100], [11_500, 101])).toEqual([
      "fired range-breakout @11500",
    ]);
  });

  it("of lows does not hear of highs", () => {
    const { play } = scene([{ ...breakout, direction: "low" }]);
    expect(play([0, 100], [10_000, 120], [11_000, 130], [12_000, 99])).toEqual([
      "fired range-breakout @12000",
    ]);
  });
});

describe("volume spike", () => {
  const spike = { kind: "volume-spike", factor: 3, bars: 2, barMs: 1_000 } as const;
  const traded = (volume: number) => ({ volume });

  it("compares the bar under way with the mean of the whole bars before it", () => {
    const { play } = scene([spike]);
    expect(
      play(
        [0, 1, traded(500)], // where the session stands; the first bar is no baseline
        [1_000, 1, traded(510)],
        [1_500, 1, traded(520)],
        [2_000, 1, traded(540)],
        [3_000, 1, traded(570)],
        [3_500, 1, traded(599)],
        [3_600, 1, traded(600)],
        [4_000, 1, traded(601)],
      ),
    ).toEqual(["fired volume-spike @3600", "resolved volume-spike @4000"]);
  });

  it("takes a smaller session volume for a new session", () => {
    const { play } = scene([spike]);
    expect(
      play(
        [0, 1, traded(0)],
        [1_000, 1, traded(10)],
        [2_000, 1, traded(20)],
        [3_000, 1, traded(29)],
        [90_000, 1, traded(28.5)],
      ),
    ).toEqual(["fired volume-spike @90000"]);
  });
});
