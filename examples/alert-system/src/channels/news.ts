import type { Tick } from "@tocsin/protocol/alerts";
import type { NewsItem, Quote } from "@tocsin-example/alert-contract";
import type { Book } from "../context.js";

/** Settings of {@link createNewsWatch}. */
export interface NewsOptions {
  readonly book: Pick<Book, "bars" | "quote">;
  /** Symbols that trading may halt in, and after which silence it has, market milliseconds. */
  readonly halting: ReadonlyMap<string, number>;
  /** Whether there is trade at a market time. */
  readonly isOpen: (at: number) => boolean;
}

/** Finds what is worth telling in prices. Every item is something that happened in the data. */
export interface NewsWatch {
  /** A tick the book has taken in. Returns what it is news of. */
  take(tick: Tick): readonly NewsItem[];
  /** Forgets what came before: the market goes on at another time. */
  clear(): void;
}

const DAY_MS = 86_400_000;
/** A year of sessions; fewer than this are no year. */
const YEAR_SESSIONS = 252;
/** A jump over night that is told of, percent. */
const GAP_PERCENT = 3;
/** Markets are not closed for longer; what has one price a month does not open. */
const LONGEST_CLOSED_MS = 7 * DAY_MS;
/** After a high or low, the next one is told of when none was for so long. */
const QUIET_MS = 30 * DAY_MS;

interface Seen {
  day: number;
  at: number;
  halted: boolean;
  toldHighAt: number;
  toldLowAt: number;
  /** Highest and lowest of the year before this day; `undefined` when there was no year. */
  year: { readonly high: number; readonly low: number } | undefined;
}

/** Watches for gaps at the opening, highs and lows of 52 weeks, halts and their end. */
export function createNewsWatch({ book, halting, isOpen }: NewsOptions): NewsWatch {
  const seen = new Map<string, Seen>();
  let marketTime = 0;

  function yearBefore(symbol: string): Seen["year"] {
    const bars = (book.bars(symbol, "1d", YEAR_SESSIONS + 1) ?? []).slice(0, -1);
    if (bars.length < YEAR_SESSIONS) return undefined;
    return {
      high: Math.max(...bars.map(({ high }) => high)),
      low: Math.min(...bars.map(({ low }) => low)),
    };
  }

  function opening({ symbol, at }: Tick, quote: Quote): NewsItem[] {
    const percent = quote.changePercent;
    if (Math.abs(percent) <= GAP_PERCENT) return [];
    const where = percent > 0 ? "above" : "below";
    return [
      item(`gap-${symbol}-${at}`, at, symbol, {
        headline: `${symbol} opens ${Math.abs(percent).toFixed(1)} % ${where} its last close`,
        body: `${quote.name}: first price ${quote.price}, last close ${(quote.price - quote.change).toFixed(2)}.`,
      }),
    ];
  }

  function extremes({ symbol, price, at }: Tick, state: Seen, name: string): NewsItem[] {
    const { year } = state;
    if (!year) return [];
    const told = (what: "high" | "low", before: number) =>
      item(`${what}-${symbol}-${at}`, at, symbol, {
        headline: `${symbol} at a 52-week ${what}: ${price}`,
        body: `${name}: ${what === "high" ? "above" : "below"} ${before}, the ${what} of the ${YEAR_SESSIONS} sessions before.`,
      });
    if (price > year.high) {
      const quiet = at - state.toldHighAt > QUIET_MS;
      state.toldHighAt = at;
      return quiet ? [told("high", year.high)] : [];
    }
    if (price < year.low) {
      const quiet = at - state.toldLowAt > QUIET_MS;
      state.toldLowAt = at;
      return quiet ? [told("low", year.low)] : [];
    }
    return [];
  }

  /** Silence is noticed while the others trade. */
  function halts(at: number): NewsItem[] {
    const news: NewsItem[] = [];
    for (const [symbol, afterMs] of halting) {
      const state = seen.get(symbol);
      if (!state || state.halted || at - state.at <= afterMs) continue;
      if (dayOf(at) !== state.day || !isOpen(at)) continue;
      state.halted = true;
      news.push(
        item(`halt-${symbol}-${state.at}`, at, symbol, {
          headline: `Trading in ${symbol} has halted`,
          body: `No price since ${time(state.at)}; the last one was ${book.quote(symbol)?.price}.`,
        }),
      );
    }
    return news;
  }

  return {
    take(tick) {
      const { symbol, at, price } = tick;
      const quote = book.quote(symbol);
      if (!quote) return [];
      marketTime = Math.max(marketTime, at);
      const news = halts(marketTime);
      const before = seen.get(symbol);
      const day = dayOf(at);
      const isNewDay = before?.day !== day;
      const state: Seen = before ?? {
        day,
        at,
        halted: false,
        toldHighAt: Number.NEGATIVE_INFINITY,
        toldLowAt: Number.NEGATIVE_INFINITY,
        year: undefined,
      };
      seen.set(symbol, state);
      if (isNewDay) state.year = yearBefore(symbol);
      if (state.halted) {
        state.halted = false;
        news.push(
          item(`resume-${symbol}-${at}`, at, symbol, {
            headline: `Trading in ${symbol} goes on`,
            body: `First price ${price}, after none since ${time(state.at)}.`,
          }),
        );
      }
      // The first tick after a start or a jump may lie anywhere in the day: it is no opening.
      if (before && isNewDay && at - before.at < LONGEST_CLOSED_MS) {
        news.push(...opening(tick, quote));
      }
      news.push(...extremes(tick, state, quote.name));
      state.day = day;
      state.at = at;
      return news;
    },
    clear() {
      seen.clear();
      marketTime = 0;
    },
  };
}

function item(
  id: string,
  at: number,
  symbol: string,
  text: Pick<NewsItem, "headline" | "body">,
): NewsItem {
  return { id, at, symbol, ...text };
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

function time(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}
