import type { Tick } from "@tocsin/protocol/alerts";
import type { MarketOverview, Quote } from "@tocsin-example/alert-contract";
import type { Book, Listing } from "../context.js";
import { type Bars, createBars, KEEP, type Keep } from "./bars.js";

interface Page {
  readonly listing: Listing;
  bars: Bars;
  last: Tick | undefined;
  stale: boolean;
  /** Made when asked for, and the same until something changes. */
  quote: Quote | undefined;
}

/** Settings of {@link createBook}. */
export interface BookOptions {
  /** How many bars to keep of a symbol. Default: as many as a chart shows. */
  readonly keep?: (listing: Listing) => Keep;
}

/** How many symbols of the largest moves an overview names, each way. */
const MOVERS = 5;

/** Knows prices, bars and boards of some symbols. A symbol with one price a month has one daily bar a month. */
export function createBook(
  listings: readonly Listing[],
  { keep = () => KEEP }: BookOptions = {},
): Book {
  const newBars = (listing: Listing) =>
    createBars(keep(listing), listing.source === "live" ? "rolling" : "session");
  const pages = new Map<string, Page>(
    listings.map((listing) => [
      listing.symbol,
      { listing, bars: newBars(listing), last: undefined, stale: false, quote: undefined },
    ]),
  );
  const boards = new Map<string, readonly string[]>([
    ["all", listings.map(({ symbol }) => symbol)],
  ]);
  for (const { board, symbol } of listings) {
    boards.set(board, [...(boards.get(board) ?? []), symbol]);
  }

  function quotes(): Quote[] {
    return [...pages.values()].flatMap((page) => quoteOf(page) ?? []);
  }

  return {
    listings,
    boards: [...boards.keys()],
    board: (name) => boards.get(name),
    lists: (symbol) => pages.has(symbol),
    take(tick) {
      const page = pages.get(tick.symbol);
      if (!page || tick.at < (page.last?.at ?? tick.at)) return;
      page.last = tick;
      page.quote = undefined;
      page.bars.take(tick);
    },
    seed(symbol, interval, bars) {
      const page = pages.get(symbol);
      if (!page) return;
      page.bars.seed(interval, bars);
      page.quote = undefined;
    },
    setStale(symbols) {
      const silent = new Set(symbols);
      const changed = [...pages.values()].filter(
        ({ listing, stale }) => stale !== silent.has(listing.symbol),
      );
      for (const page of changed) {
        page.stale = !page.stale;
        page.quote = undefined;
      }
      return changed.map(({ listing }) => listing.symbol);
    },
    clear() {
      for (const page of pages.values()) {
        page.bars = newBars(page.listing);
        page.last = undefined;
        page.quote = undefined;
      }
    },
    quotes,
    quote(symbol) {
      const page = pages.get(symbol);
      return page && quoteOf(page);
    },
    bars: (symbol, interval, limit) => pages.get(symbol)?.bars.last(interval, limit),
    overview: () => overviewOf(quotes()),
  };
}

function quoteOf(page: Page): Quote | undefined {
  page.quote ??= newQuote(page);
  return page.quote;
}

function newQuote({ listing, bars, last, stale }: Page): Quote | undefined {
  const day = bars.back("1d", 0);
  if (!last || !day) return undefined;
  const before = bars.back("1d", 1);
  const change = before ? rounded(last.price - before.close) : 0;
  return {
    symbol: listing.symbol,
    name: listing.name,
    price: last.price,
    change,
    changePercent: before ? rounded((change / before.close) * 100) : 0,
    open: day.open,
    high: day.high,
    low: day.low,
    volume: volumeOf(listing, last, day.volume, before?.volume),
    bid: last.bid ?? null,
    ask: last.ask ?? null,
    at: last.at,
    stale,
    source: listing.source,
  };
}

function volumeOf(listing: Listing, last: Tick, today: number, before = 0): number {
  if (listing.source === "live") return last.volume;
  // The real data has a day's volume only at its close; until then the day before is the last that is known.
  return today || before;
}

function overviewOf(quotes: readonly Quote[]): MarketOverview {
  const moved = [...quotes].sort((a, b) => b.changePercent - a.changePercent);
  const rising = moved.filter(({ change }) => change > 0);
  const falling = moved.filter(({ change }) => change < 0).reverse();
  const brief = ({ symbol, price, changePercent }: Quote) => ({ symbol, price, changePercent });
  return {
    at: Math.max(0, ...quotes.map(({ at }) => at)),
    symbols: quotes.length,
    rising: rising.length,
    falling: falling.length,
    unchanged: quotes.length - rising.length - falling.length,
    stale: quotes.filter(({ stale }) => stale).length,
    gainers: rising.slice(0, MOVERS).map(brief),
    losers: falling.slice(0, MOVERS).map(brief),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
