import type { Tick } from "@tocsin/protocol/alerts";
import type { Book } from "../context.js";
import type { Market } from "./market.js";

/** Ticks of one symbol of a market, `from` excluded and `to` included. */
export type Past = (symbol: string, from: number, to: number) => Iterable<Tick>;

/** Reads the past of a market: what rules that look back start with, and what previews run over. */
export function pastOf({ series }: Pick<Market, "series">): Past {
  const seriesOf = new Map(series.flatMap((one) => one.symbols.map((symbol) => [symbol, one])));
  return function* past(symbol, from, to) {
    for (const tick of seriesOf.get(symbol)?.ticks.after(from) ?? []) {
      if (tick.at > to) return;
      if (tick.symbol === symbol) yield tick;
    }
  };
}

/** Brings a book up to a market time, with as much of the past as its charts want. */
export function fillBook(
  book: Pick<Book, "take">,
  { series }: Pick<Market, "series">,
  position: number,
): void {
  for (const { ticks, lookBackMs } of series) {
    // Infinity would be no number to begin after.
    const from = Math.max(position - lookBackMs, Number.MIN_SAFE_INTEGER);
    for (const tick of ticks.after(from)) {
      if (tick.at > position) break;
      book.take(tick);
    }
  }
}
