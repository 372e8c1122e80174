import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";

/** A quote as the example server publishes it. */
export const quote = z.object({
  symbol: z.string(),
  name: z.string(),
  price: z.number(),
  change: z.number(),
  changePercent: z.number(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  volume: z.number(),
  at: z.number(),
  source: z.enum(["replay", "simulation"]),
});
export type Quote = z.infer<typeof quote>;

/** The market data that the example server comes with. */
function rowsOf(file: string): string[][] {
  const example = new URL("../../../examples/alert-server-fastify/package.json", import.meta.url);
  const entry = createRequire(example).resolve("vega-datasets");
  const text = readFileSync(join(dirname(entry), "..", "data", file), "utf8");
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
}

const cents = (value: number) => Math.round(value * 100) / 100;

/** The S&P 500 from 2000 on, day by day: four quotes a day, from its open by its extremes to its close. */
export function indexQuotes(days = 5_000): Quote[] {
  let before: number | undefined;
  return rowsOf("sp500-2000.csv")
    .slice(0, days)
    .flatMap(([date = "", ...figures]) => {
      const [open = 0, high = 0, low = 0, close = 0, , volume = 0] = figures.map(Number);
      const reference = before ?? open;
      before = close;
      const path = close > open ? [open, low, high, close] : [open, high, low, close];
      return path.map((price, n) => {
        const seen = path.slice(0, n + 1);
        return {
          symbol: "SPX",
          name: "S&P 500",
          price: cents(price),
          change: cents(price - reference),
          changePercent: cents((100 * (price - reference)) / reference),
          open: cents(open),
          high: cents(Math.max(...seen)),
          low: cents(Math.min(...seen)),
          volume: Math.round((volume * (n + 1)) / 4),
          at: Date.parse(date) + (14 + n) * 3_600_000,
          source: "replay" as const,
        };
      });
    });
}

/** Five shares from 2000 to 2010, month by month: a board whose rows change one after the other. */
export function boardQuotes(): Quote[] {
  const rows = rowsOf("stocks.csv").map(([symbol = "", date = "", price = ""]) => ({
    symbol,
    at: Date.parse(`${date} UTC`),
    price: Number(price),
  }));
  const first = new Map<string, number>();
  const seen = new Map<string, number[]>();
  return rows
    .sort((a, b) => a.at - b.at)
    .map(({ symbol, at, price }) => {
      const prices = [...(seen.get(symbol) ?? []), price];
      const reference = prices.at(-2) ?? price;
      seen.set(symbol, prices);
      first.set(symbol, first.get(symbol) ?? price);
      return {
        symbol,
        name: symbol,
        price,
        change: cents(price - reference),
        changePercent: cents((100 * (price - reference)) / reference),
        open: first.get(symbol) ?? price,
        high: Math.max(...prices),
        low: Math.min(...prices),
        volume: 0,
        at,
        source: "replay" as const,
      };
    });
}
