import type { Quote } from "@tocsin-example/alert-contract";
import type { Book } from "../context.js";

/** The prices as they are shown. */
export interface ShownQuotes {
  /** A symbol may have another price, or its feed has fallen silent. */
  changed(symbol: string): void;
  quote(symbol: string): Quote | undefined;
  /** The symbols of which {@link ShownQuotes.changed} was told since this was last asked. */
  takeChanged(): readonly string[];
}

/** Shows each symbol at its last price within its trading hours, and whether its feed is silent at any time. */
export function createShownQuotes(
  book: Pick<Book, "quote">,
  isOpen: (symbol: string, at: number) => boolean,
): ShownQuotes {
  const shown = new Map<string, Quote>();
  const dirty = new Set<string>();

  function look(symbol: string): Quote | undefined {
    const before = shown.get(symbol);
    const quote = book.quote(symbol);
    if (!quote || quote === before) return before;
    if (before && quote.at !== before.at && !isOpen(symbol, quote.at)) return before;
    shown.set(symbol, quote);
    return quote;
  }

  return {
    changed: (symbol) => void dirty.add(symbol),
    quote: look,
    takeChanged() {
      const symbols = [...dirty];
      dirty.clear();
      return symbols;
    },
  };
}
