import type { Clock } from "@tocsin/server-kit";
import { type MarketDataSource, replaySource } from "@tocsin/server-kit/alerts";
import type { Book, Chains, Listing, Replay } from "../context.js";
import { createChains } from "../options/chains.js";
import { feedAlive } from "./feed.js";
import { hoursOf } from "./hours.js";
import { type Market, patienceOf } from "./market.js";
import { fillBook, type Past, pastOf } from "./past.js";

/** Where prices come from, and what is known about them. */
export interface PriceFeed {
  readonly source: MarketDataSource;
  readonly listings: readonly Listing[];
  /** What can be steered; absent on live feeds. */
  readonly replay: Replay | undefined;
  readonly past: Past;
  /** Symbols that trading may halt in, and after which silence it has, market milliseconds. */
  readonly halting: ReadonlyMap<string, number>;
  /** Whether a symbol trades at a market time. */
  isOpen(symbol: string, at: number): boolean;
  /** Brings a book up to market time with what came before. */
  fill(book: Book): void;
  chains(book: Book): Chains;
  /** Whether prices come, or are not expected to. */
  alive(): boolean;
  close(): void;
}

/** Settings of {@link replayFeed}. */
export interface ReplayFeedOptions {
  readonly market: Market;
  /** Market milliseconds in one real millisecond. */
  readonly speed: number;
  readonly clock: Clock;
}

/** Plays a market: recorded prices and made-up ones. */
export function replayFeed({ market, speed, clock }: ReplayFeedOptions): PriceFeed {
  const { sessions, series, startsAfter } = market;
  const source = replaySource({
    series: series.map(({ ticks }) => ticks),
    sessions,
    from: startsAfter,
    speed,
    staleAfterMs: patienceOf(market),
    clock,
  });
  const startedAt = clock.now();
  const isOpen = hoursOf(sessions);
  const patience = patienceOf(market);
  const past = pastOf(market);
  return {
    source,
    listings: market.listings,
    past,
    replay: {
      playback: source.playback,
      range: { from: sessions[0]?.open ?? startsAfter, to: sessions.at(-1)?.close ?? startsAfter },
      past,
    },
    halting: new Map(market.halting.map((symbol) => [symbol, patience(symbol)])),
    isOpen: (_symbol, at) => isOpen(at),
    fill: (book) => fillBook(book, market, source.playback.position),
    chains: (book) => createChains(book, clock),
    alive: () =>
      feedAlive(source.health(), {
        now: clock.now(),
        since: startedAt,
        speed: source.playback.speed,
      }),
    close() {},
  };
}
