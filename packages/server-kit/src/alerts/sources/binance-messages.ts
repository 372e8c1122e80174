import { z } from "zod";
import { parseJson } from "./parse-json.js";
import type { VenueEvent } from "./venue.js";

/** Which stream a symbol's prices come from. */
export type BinancePrices = "trade" | "kline_1m";

/** Numbers come as text, so that no reader rounds them. */
const decimal = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number);

const trade = z.object({ s: z.string(), E: z.number(), T: z.number(), p: decimal });

const kline = z.object({ s: z.string(), E: z.number(), k: z.object({ c: decimal }) });

const ticker = z.object({
  s: z.string(),
  E: z.number(),
  c: decimal,
  b: decimal,
  a: decimal,
  v: decimal,
});

const named = z.object({ e: z.string() });

const refusal = z.object({ code: z.number(), msg: z.string() });

const envelope = z.object({
  id: z.number().nullish(),
  result: z.unknown().optional(),
  /** A combined stream wraps what a raw one sends bare. */
  stream: z.string().optional(),
  data: z.unknown().optional(),
  event: z.unknown().optional(),
  error: refusal.optional(),
});

/** What comes of a symbol: its prices, and once a second what is offered and how much was traded in 24 hours. */
export function binanceStreams(symbol: string, prices: BinancePrices): string[] {
  const name = symbol.toLowerCase();
  return [`${name}@${prices}`, `${name}@ticker`];
}

/** Reads a frame of Binance's public streams, combined or raw. */
export function readBinance(text: string): VenueEvent {
  const json = parseJson(text);
  const message = envelope.safeParse(json);
  if (!message.success) return { type: "malformed" };
  const { id, result, data, event } = message.data;
  const told = named.safeParse(data ?? event ?? json);
  if (told.success) return readEvent(told.data.e, data ?? event ?? json);
  const refused = message.data.error ?? refusal.safeParse(json).data;
  if (refused) return refusalOf(refused, id);
  if (typeof id === "number" && result !== undefined) return { type: "reply", id, result };
  return { type: "unknown" };
}

function readEvent(name: string, data: unknown): VenueEvent {
  switch (name) {
    case "trade": {
      const parsed = trade.safeParse(data);
      if (!parsed.success || parsed.data.p <= 0) return { type: "malformed" };
      const { s: symbol, p: price, T: at, E: feedAt } = parsed.data;
      return { type: "price", symbol, price, at, feedAt };
    }
    case "kline": {
      const parsed = kline.safeParse(data);
      if (!parsed.success || parsed.data.k.c <= 0) return { type: "malformed" };
      const { s: symbol, k, E: feedAt } = parsed.data;
      return { type: "price", symbol, price: k.c, at: feedAt, feedAt };
    }
    case "24hrTicker": {
      const parsed = ticker.safeParse(data);
      if (!parsed.success) return { type: "malformed" };
      const { s: symbol, c: price, E: feedAt, v: volume, b, a } = parsed.data;
      if (price <= 0) return { type: "nothing" }; // listed, and not traded yet
      return { type: "quote", symbol, price, feedAt, volume, bid: b || null, ask: a || null };
    }
    case "serverShutdown":
      return { type: "goodbye" };
    default:
      return { type: "unknown" };
  }
}

function refusalOf(
  { code, msg: message }: z.output<typeof refusal>,
  id: number | null | undefined,
): VenueEvent {
  const tooFast = /too many|too much/i.test(message);
  return { type: "refusal", id: id ?? undefined, code, message: `${message} (${code})`, tooFast };
}
