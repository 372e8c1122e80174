import type { Candle } from "@tocsin/protocol/alerts";
import { binanceKlines, type FeedFetch } from "./binance-klines.js";
import { type BinancePrices, binanceStreams, readBinance } from "./binance-messages.js";
import type { CandleQuery } from "./candles.js";
import { createLiveSource, type LiveOptions, type LiveSource } from "./live-source.js";
import type { Venue } from "./venue.js";

/** Settings of {@link binanceSource}. */
export interface BinanceOptions extends LiveOptions {
  /** Every trade, or the newest price every other second from the candle being built. Default `trade`. */
  readonly prices?: BinancePrices;
  /** Where candles are asked for. Default `https://api.binance.com`. */
  readonly restUrl?: string;
  /** How they are asked for. Default: the global `fetch`. */
  readonly fetch?: FeedFetch;
}

/** Binance as a source, with candles. */
export interface BinanceSource extends LiveSource {
  candles(symbol: string, query: CandleQuery): Promise<readonly Candle[]>;
}

const URL = "wss://stream.binance.com:9443/stream";
const REST_URL = "https://api.binance.com";
/** Binance pings every 20 s, and tells of a watched symbol every second. */
const SILENCE_MS = 60_000;
/** Binance hangs up after 24 hours; ten minutes earlier the moment is ours. */
const MAX_AGE_MS = 85_800_000;

/** Prices from the spot market of Binance, over its public streams. Symbols are in capitals, as in `BTCUSDT`. */
export function binanceSource(options: BinanceOptions = {}): BinanceSource {
  const { prices = "trade", restUrl = REST_URL, fetch = globalThis.fetch } = options;
  const venue: Venue = {
    name: "binance",
    paceMs: 350, // five messages a second close the connection, and answers to pings count
    batch: 50,
    most: 512, // two streams each, of 1,024 a connection
    maxAgeMs: MAX_AGE_MS,
    // A small letter would be subscribed, and its prices come in capitals that nobody asked for.
    possible: (symbol) => symbol === symbol.toUpperCase() && !/[@/\s]|^$/.test(symbol),
    read: readBinance,
    request: (verb, symbols, id) =>
      JSON.stringify({
        method: verb.toUpperCase(),
        params: symbols.flatMap((symbol) => binanceStreams(symbol, prices)),
        id,
      }),
  };
  const { source } = createLiveSource(venue, URL, SILENCE_MS, options);
  return {
    ...source,
    candles: (symbol, query) => binanceKlines(fetch, restUrl, symbol, query),
  };
}
