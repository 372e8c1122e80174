import type { OptionRow } from "@tocsin/protocol/alerts";
import type { Clock, Logger } from "@tocsin/server-kit";
import {
  binanceSource,
  compositeSource,
  deribitSource,
  type LiveOptions,
} from "@tocsin/server-kit/alerts";
import { type Bar, INTERVALS } from "@tocsin-example/alert-contract";
import { startRounds } from "../channels/rounds.js";
import type { Book, Chains, Listing } from "../context.js";
import { feedAlive } from "./feed.js";
import type { PriceFeed } from "./price-feed.js";

const coin = (symbol: string, name: string): Listing => ({
  symbol,
  name,
  source: "live",
  board: "crypto",
});

/** What is listed, and what the venues call it. */
const COINS = [
  { listing: coin("BTC", "Bitcoin"), deribit: "BTC-PERPETUAL", binance: "BTCUSDT" },
  { listing: coin("ETH", "Ether"), deribit: "ETH-PERPETUAL", binance: "ETHUSDT" },
] as const;

/** How much of the past a chart gets from the venue. */
const SEEDED_BARS = 500;
/** How often chains are asked for, milliseconds. */
const CHAIN_EVERY_MS = 10_000;
/** The options of a venue are thousands; these many around the price are shown of each side. */
const ROWS_SHOWN = 120;

/** Settings of {@link liveFeed}. */
export interface LiveFeedOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the venues are. Default: their public addresses. */
  readonly deribit?: LiveOptions;
  readonly binance?: LiveOptions & { readonly restUrl?: string };
}

/** Live prices: each coin from Deribit, and from Binance while Deribit has none. */
export function liveFeed({ clock, logger, deribit, binance }: LiveFeedOptions): PriceFeed {
  const venues = {
    deribit: deribitSource({ clock, logger, ...deribit }),
    binance: binanceSource({ clock, logger, ...binance }),
  };
  const source = compositeSource({
    sources: venues,
    routes: Object.fromEntries(
      COINS.map(({ listing, ...names }) => [
        listing.symbol,
        [
          { source: "deribit" as const, symbol: names.deribit },
          { source: "binance" as const, symbol: names.binance },
        ],
      ]),
    ),
    symbols: COINS.map(({ listing }) => listing.symbol),
    clock,
    logger,
  });
  const startedAt = clock.now();
  const closing: (() => void)[] = [];

  async function seed(book: Book, symbol: string): Promise<void> {
    for (const interval of INTERVALS) {
      const candles = (await source.candles?.(symbol, { interval, limit: SEEDED_BARS })) ?? [];
      const bars = candles.map(({ at, ...bar }): Bar => ({ ...bar, time: String(at) }));
      book.seed(symbol, interval, bars);
    }
  }

  return {
    source,
    listings: COINS.map(({ listing }) => listing),
    replay: undefined,
    past: () => [], // venues are asked for bars, and have no ticks of the past
    halting: new Map(),
    isOpen: () => true, // coins are traded day and night
    fill(book) {
      // Once there is a connection; the chart does without until then.
      closing.push(
        source.subscribe(
          firstTickOf((symbol) => {
            seed(book, symbol).catch((error: unknown) => {
              logger.warn({ err: error, symbol }, "no bars of the past; the chart begins now");
            });
          }),
        ),
      );
    },
    chains: () => venueChains(),
    alive: () => feedAlive(source.health(), { now: clock.now(), since: startedAt, speed: 1_000 }),
    close() {
      for (const close of closing) close();
    },
  };

  function venueChains(): Chains {
    const rows = new Map<string, readonly OptionRow[]>(
      COINS.map(({ listing }) => [listing.symbol, []]),
    );
    const rounds = startRounds(
      "live chains",
      CHAIN_EVERY_MS,
      async () => {
        if (!source.health().running) return;
        for (const underlying of rows.keys()) {
          const all = (await source.chain?.(underlying)) ?? [];
          rows.set(underlying, nearest(all).map(inDollars));
        }
      },
      { clock, logger },
    );
    closing.push(() => rounds.stop());
    const row = (name: string) =>
      [...rows.values()].flat().find(({ instrument }) => instrument === name);
    return {
      underlyings: [...rows.keys()],
      rows: (underlying) => rows.get(underlying),
      row,
      dayChange: () => null, // the venue tells no price of yesterday
    };
  }
}

/** Tells of the first tick of each symbol. */
function firstTickOf(told: (symbol: string) => void): (tick: { readonly symbol: string }) => void {
  const seen = new Set<string>();
  return ({ symbol }) => {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    told(symbol);
  };
}

/** The venue has prices of options in coins; everything else here is in dollars. */
function inDollars(row: OptionRow): OptionRow {
  const { underlyingPrice } = row;
  const dollars = (coins: number | null) =>
    coins === null || underlyingPrice === null
      ? null
      : Number((coins * underlyingPrice).toFixed(2));
  return { ...row, bid: dollars(row.bid), ask: dollars(row.ask), mark: dollars(row.mark) };
}

/** The options nearest to the price of their underlying, in the order of the venue. */
function nearest(rows: readonly OptionRow[]): readonly OptionRow[] {
  const away = ({ strike, underlyingPrice }: OptionRow) =>
    Math.abs(Math.log(strike / (underlyingPrice ?? strike)));
  const near = new Set([...rows].sort((a, b) => away(a) - away(b)).slice(0, ROWS_SHOWN));
  return rows.filter((row) => near.has(row));
}
