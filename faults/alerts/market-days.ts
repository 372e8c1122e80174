import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Tick, tick } from "@tocsin/protocol/alerts";
import type { Dice } from "../lib/random.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A year of the S&P 500, four prices a day: open, the nearer extreme, the other one, close. */
export function realYear(year: number): Tick[] {
  // The package exports its script alone; its data lies beside the folder of that.
  const script = createRequire(import.meta.url).resolve("vega-datasets");
  const file = script.replace(/vega-datasets[/\\].*$/, "vega-datasets/data/sp500-2000.csv");
  const [, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  return lines
    .filter((line) => line.startsWith(`${year}-`))
    .flatMap((line) => {
      const [date = "", ...numbers] = line.split(",");
      const [open = 0, high = 0, low = 0, close = 0, , volume = 0] = numbers.map(Number);
      const inside = close >= open ? [low, high] : [high, low];
      return [open, ...inside, close].map((price, index) =>
        tick.parse({
          symbol: "SPX",
          price,
          at: Date.parse(date) + 14.5 * HOUR_MS + index * 2 * HOUR_MS,
          volume: index === 3 ? volume : 0,
        }),
      );
    });
}

/** A made-up day of some symbols: walks in cents, now and then a jump, a halt, a burst of volume. */
export function* simulatedDay(dice: Dice, count: number, symbols: number): Generator<Tick> {
  const prices = Array.from({ length: symbols }, () => 5_000 + dice.between(0, 10_000));
  const volumes = new Array<number>(symbols).fill(0);
  const haltedUntil = new Array<number>(symbols).fill(0);
  for (let index = 0; index < count; index += 1) {
    const at = Math.floor(((index + 1) / count) * DAY_MS);
    const which = dice.between(0, symbols - 1);
    if ((haltedUntil[which] ?? 0) > at) continue;
    const kind = dice.between(0, 9_999);
    if (kind === 0) haltedUntil[which] = at + dice.between(60, 1_800) * 1_000;
    const step = kind < 5 ? dice.between(-600, 600) : dice.between(-20, 20);
    const price = Math.max(100, (prices[which] ?? 0) + step);
    prices[which] = price;
    volumes[which] = (volumes[which] ?? 0) + dice.between(1, 100) * (kind > 9_990 ? 500 : 1);
    yield { symbol: `S${which}`, price: price / 100, at, volume: volumes[which] ?? 0 };
  }
}
