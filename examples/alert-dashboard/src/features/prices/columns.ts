import type { Quote } from "@tocsin-example/alert-contract";
import { formatChange, formatPercent, formatPrice, formatVolume } from "../../format.js";
import { text } from "../../text.js";

/** A column of numbers. */
export interface NumberColumn {
  readonly id: "price" | "change" | "changePercent" | "high" | "low" | "volume";
  readonly title: string;
  readonly format: (value: number) => string;
  /** Coloured by its own sign. */
  readonly signed?: boolean;
  /** Flashes when it changes. */
  readonly flashes?: boolean;
  /** How readily the column gives way on a narrow page; 0 never does. */
  readonly priority: 0 | 1 | 2;
}

export const NUMBER_COLUMNS: readonly NumberColumn[] = [
  { id: "price", title: text.prices.last, format: formatPrice, flashes: true, priority: 0 },
  { id: "change", title: text.prices.change, format: formatChange, signed: true, priority: 1 },
  {
    id: "changePercent",
    title: text.prices.changePercent,
    format: formatPercent,
    signed: true,
    priority: 0,
  },
  { id: "high", title: text.prices.high, format: formatPrice, priority: 1 },
  { id: "low", title: text.prices.low, format: formatPrice, priority: 1 },
  { id: "volume", title: text.prices.volume, format: formatVolume, priority: 2 },
];

/** The direction of a number, as `data-trend` in the styles. */
export function trendOf(value: number): "up" | "down" | "flat" {
  return value > 0 ? "up" : value < 0 ? "down" : "flat";
}

/** Which way the price went from one quote to the next; `undefined` when it did not. */
export function flashOf(before: Quote | undefined, now: Quote): "up" | "down" | undefined {
  if (!before || before.price === now.price) return undefined;
  return now.price > before.price ? "up" : "down";
}

/** Quotes in the order of `symbols`, those it does not name last and by name. */
export function inOrder(quotes: readonly Quote[], symbols: readonly string[]): Quote[] {
  const place = new Map(symbols.map((symbol, index) => [symbol, index]));
  const of = ({ symbol }: Quote) => place.get(symbol) ?? symbols.length;
  return [...quotes].sort((a, b) => of(a) - of(b) || a.symbol.localeCompare(b.symbol));
}
