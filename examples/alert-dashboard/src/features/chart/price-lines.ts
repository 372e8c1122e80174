import type { Quote } from "@tocsin-example/alert-contract";
import { addPoint, type Point } from "./series.js";

/** The prices seen since the page was opened, by symbol: what a chart shows where there are no bars. */
export interface PriceLines {
  record(quotes: readonly Quote[]): void;
  /** The line of one symbol; it grows in place. */
  of(symbol: string): readonly Point[];
}

export function createPriceLines(): PriceLines {
  const lines = new Map<string, Point[]>();
  return {
    record(quotes) {
      for (const { symbol, at, price } of quotes) {
        const line = lines.get(symbol) ?? [];
        if (!lines.has(symbol)) lines.set(symbol, line);
        addPoint(line, { time: Math.floor(at / 1_000), value: price });
      }
    },
    of: (symbol) => lines.get(symbol) ?? [],
  };
}
