import { describe, expect, it } from "vitest";
import { createBook } from "../market/book.js";
import { INDEX } from "../market/instruments.js";
import { createNewsWatch } from "./news.js";

const DAY = 86_400_000;
const MINUTE = 60_000;
const OPEN = Date.UTC(2008, 0, 1, 14, 30);
const SIM = { ...INDEX, symbol: "SIM-E", name: "made up" };

function setUp() {
  const book = createBook([INDEX, SIM]);
  const watch = createNewsWatch({
    book,
    halting: new Map([["SIM-E", 16 * MINUTE]]),
    isOpen: (at) => (at - OPEN) % DAY <= 390 * MINUTE,
  });
  const take = (price: number, at: number, symbol = "SPX") => {
    const tick = { symbol, price, at, volume: 0 };
    book.take(tick);
    return watch.take(tick).map(({ headline }) => headline);
  };
  /** A year in which nothing happens. */
  const quietYear = (symbol = "SPX") => {
    const told: string[] = [];
    for (let day = 0; day < 260; day += 1) told.push(...take(100, OPEN + day * DAY, symbol));
    return told;
  };
  return { watch, book, take, quietYear };
}

describe("createNewsWatch", () => {
  it("tells of nothing while nothing happens", () => {
    expect(setUp().quietYear()).toEqual([]);
  });

  it("tells of a gap over night of more than 3 percent, either way, and not of a move within the day", () => {
    const { take } = setUp();
    take(100, OPEN);
    expect(take(104, OPEN + MINUTE)).toEqual([]);
    expect(take(107.1, OPEN + DAY)).toEqual([]);
    expect(take(111, OPEN + 2 * DAY)).toEqual(["SPX opens 3.6 % above its last close"]);
    expect(take(100, OPEN + 3 * DAY)).toEqual(["SPX opens 9.9 % below its last close"]);
  });

  it("takes no price a month after the last for an opening", () => {
    const { take } = setUp();
    take(100, OPEN);
    expect(take(150, OPEN + 30 * DAY)).toEqual([]);
  });

  it("tells of the first 52-week high, and of the next one a month later", () => {
    const { take, quietYear } = setUp();
    quietYear();
    expect(take(101, OPEN + 260 * DAY)).toEqual(["SPX at a 52-week high: 101"]);
    expect(take(102, OPEN + 260 * DAY + 1)).toEqual([]);
    expect(take(103, OPEN + 261 * DAY)).toEqual([]);
    expect(take(104, OPEN + 262 * DAY)).toEqual([]);
    expect(take(99, OPEN + 264 * DAY)).toContain("SPX at a 52-week low: 99");
    expect(take(101, OPEN + 300 * DAY)).toEqual([]);
    expect(take(105, OPEN + 301 * DAY)).toEqual([
      "SPX opens 4.0 % above its last close",
      "SPX at a 52-week high: 105",
    ]);
  });

  it("takes less than a year for no year", () => {
    const { take } = setUp();
    for (let day = 0; day < 200; day += 1)
      expect(take(100 + day / 10, OPEN + day * DAY)).toEqual([]);
  });

  it("tells that trading halted while the others went on, and that it goes on", () => {
    const { take } = setUp();
    take(10, OPEN, "SIM-E");
    expect(take(100, OPEN + 16 * MINUTE)).toEqual([]);
    expect(take(100, OPEN + 17 * MINUTE)).toEqual(["Trading in SIM-E has halted"]);
    expect(take(100, OPEN + 18 * MINUTE)).toEqual([]);
    expect(take(11, OPEN + 60 * MINUTE, "SIM-E")).toEqual(["Trading in SIM-E goes on"]);
    expect(take(11, OPEN + 61 * MINUTE, "SIM-E")).toEqual([]);
  });

  it("takes the night for no halt", () => {
    const { take } = setUp();
    take(10, OPEN + 389 * MINUTE, "SIM-E");
    expect(take(100, OPEN + DAY)).toEqual([]);
    expect(take(10, OPEN + DAY + MINUTE, "SIM-E")).toEqual([]);
  });

  it("gives the same event the same id, wherever watching began", () => {
    const idsFrom = (firstDay: number) => {
      const { watch, book } = setUp();
      return [100, 110, 111, 100].flatMap((price, day) => {
        if (day < firstDay) return [];
        const tick = { symbol: "SPX", price, at: OPEN + day * DAY, volume: 0 };
        book.take(tick);
        return watch.take(tick).map(({ id }) => id);
      });
    };
    expect(idsFrom(0)).toHaveLength(2);
    expect(idsFrom(1)).toEqual(idsFrom(0).slice(1));
  });

  it("takes the first price after a jump to another time for no opening", () => {
    const { watch, take } = setUp();
    take(100, OPEN);
    watch.clear();
    expect(take(110, OPEN + DAY)).toEqual([]);
  });
});
