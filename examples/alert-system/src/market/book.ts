import type { Tick } from "@tocsin/protocol/alerts";
import type { Candle, Quote } from "@tocsin-example/alert-contract";
import type { Instrument } from "./instruments.js";

/** What is known of each symbol up to market time. */
export interface Book {
  take(tick: Tick): void;
  /** The current prices, in the order of the instruments; a symbol without a price yet is left out. */
  quotes(): Quote[];
  quote(symbol: string): Quote | undefined;
  /** The bar being built. */
  candle(symbol: string): Candle | undefined;
  /** The last `limit` finished bars, ascending; `undefined` for a symbol that is not listed. */
  finished(symbol: string, limit: number): Candle[] | undefined;
}

interface Page {
  readonly instrument: Instrument;
  readonly finished: Candle[];
  current: Candle | undefined;
  at: number;
}

const DAY_SECONDS = 86_400;

/** Builds daily bars and quotes from ticks. A symbol with one price a month has one bar a month. */
export function createBook(instruments: readonly Instrument[]): Book {
  const pages = new Map<string, Page>(
    instruments.map((instrument) => [
      instrument.symbol,
      { instrument, finished: [], current: undefined, at: 0 },
    ]),
  );

  return {
    take({ symbol, price, volume, at }) {
      const page = pages.get(symbol);
      if (!page) return;
      const time = Math.floor(at / 1_000 / DAY_SECONDS) * DAY_SECONDS;
      const { current } = page;
      page.at = at;
      if (current?.time !== time) {
        if (current) page.finished.push(current);
        page.current = { time, open: price, high: price, low: price, close: price, volume };
        return;
      }
      page.current = {
        ...current,
        high: Math.max(current.high, price),
        low: Math.min(current.low, price),
        close: price,
        volume: Math.max(current.volume, volume),
      };
    },
    quotes: () => [...pages.values()].flatMap((page) => quoteOf(page) ?? []),
    quote(symbol) {
      const page = pages.get(symbol);
      return page && quoteOf(page);
    },
    candle: (symbol) => pages.get(symbol)?.current,
    finished: (symbol, limit) => pages.get(symbol)?.finished.slice(-limit),
  };
}

function quoteOf({ instrument, finished, current, at }: Page): Quote | undefined {
  if (!current) return undefined;
  const { open, high, low, close: price } = current;
  const before = finished.at(-1);
  const change = before ? rounded(price - before.close, 2) : 0;
  return {
    symbol: instrument.symbol,
    name: instrument.name,
    price,
    change,
    changePercent: before ? rounded((change / before.close) * 100, 2) : 0,
    open,
    high,
    low,
    // The real data has a day's volume only at its close; until then the day before is the last that is known.
    volume: current.volume || (before?.volume ?? 0),
    at,
    source: instrument.source,
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
