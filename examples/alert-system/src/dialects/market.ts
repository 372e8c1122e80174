import {
  type ChannelRef,
  definition,
  type ServerMessage,
  type ServerMessageOf,
} from "@tocsin/protocol";
import type { OptionRow } from "@tocsin/protocol/alerts";
import type {
  Clock,
  Conversation,
  Dialect,
  Frames,
  Principal,
  Understood,
} from "@tocsin/server-kit";
import { market, type Quote, quote } from "@tocsin-example/alert-contract";
import { z } from "zod";
import type { Chains } from "../context.js";
import { isoTime, notUnderstood, readFrame } from "./text.js";

const { channels, resolve } = market[definition];

/** Prices go out once in five seconds; chains as often as they are published, which is every ten. */
const PRICES_PER_SECOND = 0.2;
/** Contracts of a chain that are sent. */
const CONTRACTS = 10;

const channel = {
  channel: z.enum(["market_data", "options_chain"], "must be market_data or options_chain"),
  params: z.object({ symbol: z.string().min(1).max(32).optional() }).default({}),
};

const asked = z.discriminatedUnion(
  "action",
  [
    z.object({ action: z.literal("subscribe"), ...channel }),
    z.object({ action: z.literal("unsubscribe"), ...channel }),
    z.object({ action: z.literal("ping") }),
  ],
  "must be subscribe, unsubscribe or ping",
);

type Asked = z.infer<typeof asked> & { readonly action: "subscribe" | "unsubscribe" };

/** Settings of {@link marketData}. */
export interface MarketDataOptions {
  readonly path: string;
  readonly guest: Principal;
  readonly chains: Pick<Chains, "underlyings" | "rows">;
  readonly clock: Clock;
}

/** One price every five seconds, and the beginning of an option chain every ten. Anybody may read them. */
export function marketData({ path, guest, chains, clock }: MarketDataOptions): Dialect {
  const contracts = (symbol: string) => chains.rows(symbol)?.slice(0, CONTRACTS) ?? [];
  return {
    path,
    guest,
    events(events) {
      const last = events.at(-1);
      const ref = last && resolve(last.channel);
      if (!last || !ref) return [];
      if (ref.def !== channels.chain) return [priceFrame(quote.parse(last.data), last.timestamp)];
      const rows = contracts(ref.params.underlying ?? "");
      // The list is told whole, and with its first contract: a reader who lags gets rows one by one.
      const [first] = rows;
      if (!first || !events.some(({ key }) => key === first.instrument)) return [];
      return [chainFrame(first.underlying, rows, last.timestamp)];
    },
    open: () => conversation({ chains, clock }, contracts),
  };
}

function conversation(
  { chains, clock }: Pick<MarketDataOptions, "chains" | "clock">,
  contracts: (symbol: string) => readonly OptionRow[],
): Conversation {
  const open = new Map<string, Asked["channel"]>();
  let requests = 0;

  function decode(frame: string | Uint8Array): Understood {
    const read = readFrame(frame, asked, "action");
    if (!read.ok) return read;
    requests += 1;
    const id = String(requests);
    const { said } = read;
    if (said.action === "ping") return { ok: true, messages: [{ type: "ping", id }] };
    const ref = channelOf(said, chains.underlyings[0] ?? "");
    if (!ref) return notUnderstood("invalid-message", "params.symbol", "is too long");
    open.set(id, said.channel);
    const paced = said.action === "subscribe" && said.channel === "market_data";
    return {
      ok: true,
      messages: [
        { type: said.action, id, channel: ref.name, ...(paced && { maxRate: PRICES_PER_SECOND }) },
      ],
    };
  }

  function encode(message: ServerMessage): Frames {
    const timestamp = isoTime(clock.now());
    const said = (fields: object): string => JSON.stringify({ ...fields, timestamp });
    const request = "id" in message && message.id !== undefined ? open.get(message.id) : undefined;
    if ("id" in message && message.id !== undefined) open.delete(message.id);

    switch (message.type) {
      case "subscribed": {
        const current = snapshotFrames(message);
        if (request === undefined) return current; // the channel began anew: nobody asked
        return [said({ type: "subscription_confirmed", channel: request }), ...current];
      }
      case "unsubscribed": {
        const left = request ?? nameOf(message.channel);
        return [said({ type: "subscription_cancelled", channel: left })];
      }
      case "pong":
        return message.id === undefined ? [] : [said({ type: "pong" })];
      case "error":
        return [said({ type: "error", message: message.message })];
      default:
        return []; // among them connected: this client is not greeted
    }
  }

  function snapshotFrames({ channel: name, snapshot }: ServerMessageOf<"subscribed">): Frames {
    const ref = resolve(name);
    if (ref?.def === channels.price) {
      return snapshot === undefined ? [] : [priceFrame(quote.parse(snapshot), clock.now())];
    }
    const symbol = ref?.params.underlying ?? "";
    const rows = contracts(symbol);
    return rows.length === 0 ? [] : [chainFrame(symbol, rows, clock.now())];
  }

  return { decode, encode };
}

function channelOf({ channel, params }: Asked, usual: string): ChannelRef | undefined {
  const symbol = params.symbol ?? usual;
  try {
    return channel === "market_data"
      ? market.price({ code: symbol })
      : market.chain({ underlying: symbol });
  } catch {
    return undefined; // longer than an address may be, once written as one
  }
}

function nameOf(address: string): Asked["channel"] {
  return resolve(address)?.def === channels.chain ? "options_chain" : "market_data";
}

function priceFrame({ symbol, price, at }: Quote, told: number): string {
  const data = { symbol, price, timestamp: isoTime(at) };
  return JSON.stringify({ type: "market_data", data, timestamp: isoTime(told) });
}

function chainFrame(currency: string, rows: readonly OptionRow[], told: number): string {
  const timestamp = isoTime(told);
  const data = { currency, options: rows.map(optionOf), timestamp };
  return JSON.stringify({ type: "options_chain", data, timestamp });
}

function optionOf(row: OptionRow) {
  return {
    instrument_name: row.instrument,
    option_type: row.kind,
    strike_price: row.strike,
    expiration_date: isoTime(row.expiry),
    bid_price: row.bid,
    ask_price: row.ask,
    mark_price: row.mark,
    implied_volatility: row.markIv,
    delta: row.greeks?.delta ?? null,
    gamma: row.greeks?.gamma ?? null,
    theta: row.greeks?.theta ?? null,
    vega: row.greeks?.vega ?? null,
    rho: row.greeks?.rho ?? null,
    underlying_price: row.underlyingPrice,
    timestamp: isoTime(row.at),
  };
}
