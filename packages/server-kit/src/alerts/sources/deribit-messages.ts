import { greeks } from "@tocsin/protocol/alerts";
import { z } from "zod";
import { parseJson } from "./parse-json.js";
import type { VenueEvent } from "./venue.js";

/** Which price of an instrument is its price. */
export type DeribitPrices = "last" | "mark";

const amount = z.number().nullish();

const index = z.object({ index_name: z.string(), price: z.number(), timestamp: z.number() });

const ticker = z.object({
  instrument_name: z.string(),
  timestamp: z.number(),
  last_price: amount,
  mark_price: amount,
  best_bid_price: amount,
  best_ask_price: amount,
  stats: z.object({ volume: amount }).optional(),
  greeks: greeks.nullish(),
});

const envelope = z.object({
  id: z.number().nullish(),
  method: z.string().optional(),
  params: z
    .object({
      channel: z.string().optional(),
      type: z.string().optional(),
      data: z.unknown().optional(),
    })
    .optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});

/** `too_many_requests`: the credits of this address are used up. */
const TOO_MANY_REQUESTS = 10_028;

const INDEX = "deribit_price_index.";
const TICKER = "ticker.";

/** An index is written `btc_usd`, an instrument `BTC-PERPETUAL`; no instrument is in small letters. */
export function deribitChannel(symbol: string, interval: string): string {
  return symbol === symbol.toLowerCase() ? INDEX + symbol : `${TICKER}${symbol}.${interval}`;
}

/** The symbol that a channel is about. */
export function deribitSymbol(channel: string): string {
  if (channel.startsWith(INDEX)) return channel.slice(INDEX.length);
  return channel.slice(TICKER.length, channel.lastIndexOf("."));
}

/** Reads a frame of Deribit. */
export function readDeribit(text: string, prices: DeribitPrices | undefined): VenueEvent {
  const message = envelope.safeParse(parseJson(text));
  if (!message.success) return { type: "malformed" };
  const { id, method, params, result, error } = message.data;
  if (error) {
    const { code, message: why } = error;
    const tooFast = code === TOO_MANY_REQUESTS;
    return { type: "refusal", id: id ?? undefined, code, message: `${why} (${code})`, tooFast };
  }
  if (method === "heartbeat") {
    return { type: params?.type === "test_request" ? "probe" : "nothing" };
  }
  if (method === "subscription" && params?.channel !== undefined) {
    if (params.channel.startsWith(INDEX)) return readIndex(params.data);
    if (params.channel.startsWith(TICKER)) return readTicker(params.data, prices);
    return { type: "unknown" };
  }
  if (typeof id === "number" && result !== undefined) return { type: "reply", id, result };
  return { type: "unknown" };
}

function readIndex(data: unknown): VenueEvent {
  const parsed = index.safeParse(data);
  if (!parsed.success || parsed.data.price <= 0) return { type: "malformed" };
  const { index_name: symbol, price, timestamp } = parsed.data;
  return { type: "price", symbol, price, at: timestamp, feedAt: timestamp };
}

function readTicker(data: unknown, prices: DeribitPrices | undefined): VenueEvent {
  const parsed = ticker.safeParse(data);
  if (!parsed.success) return { type: "malformed" };
  const { instrument_name: symbol, timestamp, last_price, mark_price, stats } = parsed.data;
  // An option may not trade for days, while its mark moves all the time.
  const kind = prices ?? (/-[CP]$/.test(symbol) ? "mark" : "last");
  const price = kind === "mark" ? mark_price : last_price;
  // Never traded, worthless, or a combination with a negative price: nothing a rule could look at.
  if (!price || price <= 0) return { type: "nothing" };
  return {
    type: "price",
    symbol,
    price,
    at: timestamp,
    feedAt: timestamp,
    volume: stats?.volume ?? undefined,
    bid: offered(parsed.data.best_bid_price),
    ask: offered(parsed.data.best_ask_price),
    greeks: parsed.data.greeks ?? undefined,
  };
}

/** That nobody offers is told as `null`, and as 0. */
function offered(price: number | null | undefined): number | null {
  return price && price > 0 ? price : null;
}
