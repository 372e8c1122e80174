import type { Quote } from "@tocsin-example/alert-contract";

/** The direction of a number, as `data-trend` in the styles. */
export function trendOf(value: number): "up" | "down" | "flat" {
  return value > 0 ? "up" : value < 0 ? "down" : "flat";
}

/** Which way the price went from one quote to the next; `undefined` when it did not. */
export function flashOf(before: Quote | undefined, now: Quote): "up" | "down" | undefined {
  if (!before || before.symbol !== now.symbol || before.price === now.price) return undefined;
  return now.price > before.price ? "up" : "down";
}

/** Quotes in the order of `symbols`, those it does not name last and by name. */
export function inOrder(quotes: Iterable<Quote>, symbols: readonly string[]): Quote[] {
  const place = new Map(symbols.map((symbol, index) => [symbol, index]));
  const of = ({ symbol }: Quote) => place.get(symbol) ?? symbols.length;
  return [...quotes].sort((a, b) => of(a) - of(b) || a.symbol.localeCompare(b.symbol));
}

/** Whether a quote is meant by what was typed: any part of its symbol or name. */
export function matches({ symbol, name }: Quote, filter: string): boolean {
  const wanted = filter.trim().toLowerCase();
  return symbol.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted);
}
