import type { Candle, OptionRow } from "@tocsin/protocol/alerts";
import { z } from "zod";
import { systemClock } from "../../clock.js";
import { SourceError } from "../errors.js";
import { CANDLE_INTERVALS, type CandleQuery, limitOf } from "./candles.js";
import {
  deribitCandles,
  deribitChart,
  deribitInstruments,
  deribitResolution,
  deribitRows,
  deribitSummaries,
} from "./deribit-answers.js";
import {
  type DeribitPrices,
  deribitChannel,
  deribitSymbol,
  readDeribit,
} from "./deribit-messages.js";
import { FeedError } from "./feed-error.js";
import { createLiveSource, type LiveOptions, type LiveSource } from "./live-source.js";
import type { Venue } from "./venue.js";

/** Settings of {@link deribitSource}. */
export interface DeribitOptions extends LiveOptions {
  /** How often Deribit tells of an instrument: ten times a second, or every other second. Default `100ms`. */
  readonly interval?: "100ms" | "agg2";
  /** Which price ticks have. Default: of options the mark, of everything else the last trade. */
  readonly prices?: DeribitPrices;
  /** How often Deribit shows that it is there, seconds, 10 at least. Default 30. */
  readonly heartbeatSeconds?: number;
}

/** Deribit as a source, with candles and chains of options. */
export interface DeribitSource extends LiveSource {
  candles(symbol: string, query: CandleQuery): Promise<readonly Candle[]>;
  chain(underlying: string): Promise<readonly OptionRow[]>;
}

const URL = "wss://www.deribit.com/ws/api/v2";
/** Beyond its heartbeat a connection may be late by this, milliseconds. */
const GRACE_MS = 15_000;
/** New strikes are listed a few times a day, and asking for the list is dear. */
const LIST_FOR_MS = 300_000;
const DAY_MS = 86_400_000;

/**
 * Prices from Deribit, over its public interface: an index is written `btc_usd`, an instrument `BTC-PERPETUAL` or
 * `BTC-27MAR26-100000-C`. A chain is asked for by its currency, as in `BTC`, or by its pair, as in `SOL_USDC`; it
 * has the greeks of options that are watched, since Deribit tells them one by one.
 *
 * @throws {@link SourceError} when a setting makes no sense.
 */
export function deribitSource(options: DeribitOptions = {}): DeribitSource {
  const { interval = "100ms", prices, heartbeatSeconds = 30, clock = systemClock } = options;
  if (!(heartbeatSeconds >= 10)) {
    throw new SourceError("heartbeatSeconds", `must be 10 or more, not ${heartbeatSeconds}`);
  }
  const rpc = (id: number, method: string, params: object) =>
    JSON.stringify({ jsonrpc: "2.0", id, method: `public/${method}`, params });
  const channels = (symbols: readonly string[]) =>
    symbols.map((symbol) => deribitChannel(symbol, interval));

  const venue: Venue = {
    name: "deribit",
    paceMs: 350, // 3.3 subscriptions a second are allowed
    batch: 100,
    most: 500,
    maxAgeMs: DAY_MS,
    possible: (symbol) => /^[\w-]{3,64}$/.test(symbol),
    read: (text) => readDeribit(text, prices),
    request: (verb, symbols, id) => rpc(id, verb, { channels: channels(symbols) }),
    leftOut(symbols, result) {
      const accepted = z.array(z.string()).safeParse(result);
      const there = new Set(accepted.success ? accepted.data.map(deribitSymbol) : []);
      return symbols.filter((symbol) => !there.has(symbol));
    },
    greeting: (id) => rpc(id, "set_heartbeat", { interval: heartbeatSeconds }),
    alive: (id) => rpc(id, "test", {}),
  };
  const silenceMs = heartbeatSeconds * 1_000 + GRACE_MS;
  const { source, call, known } = createLiveSource(venue, URL, silenceMs, options);
  const lists = new Map<string, { until: number; list: z.output<typeof deribitInstruments> }>();

  async function asked<Schema extends z.ZodType>(schema: Schema, method: string, params: object) {
    const result = schema.safeParse(await call((id) => rpc(id, method, params)));
    if (result.success) return result.data;
    throw new FeedError(
      venue.name,
      `answered public/${method} in a way it does not document`,
      false,
    );
  }

  async function instruments(currency: string) {
    const kept = lists.get(currency);
    if (kept && clock.now() < kept.until) return kept.list;
    const params = { currency, kind: "option", expired: false };
    const list = await asked(deribitInstruments, "get_instruments", params);
    lists.set(currency, { until: clock.now() + LIST_FOR_MS, list });
    return list;
  }

  return {
    ...source,
    async chain(underlying) {
      const currency = underlying.slice(underlying.indexOf("_") + 1);
      const [list, summaries] = await Promise.all([
        instruments(currency),
        asked(deribitSummaries, "get_book_summary_by_currency", { currency, kind: "option" }),
      ]);
      return deribitRows(underlying, list, summaries, (name) => known(name)?.greeks);
    },
    async candles(symbol, query) {
      const length = CANDLE_INTERVALS[query.interval];
      const span = (limitOf(query) - 1) * length;
      const latest = query.to ?? clock.now();
      const from = query.from ?? Math.floor(latest / length) * length - span;
      const chart = await asked(deribitChart, "get_tradingview_chart_data", {
        instrument_name: symbol,
        start_timestamp: from,
        end_timestamp: Math.min(latest, from + span),
        resolution: deribitResolution(query.interval, length),
      });
      return deribitCandles(chart);
    },
  };
}
