import type { ChannelRef, ServerMessage, ServerMessageOf } from "@tocsin/protocol";
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
import { isoTime, notUnderstood, readFrame } from "./text.js";

/** What a client of the dialect can be on. */
export const subscriptionType = z.enum(["strategy", "stock", "market"]);

const target = {
  subscription_type: subscriptionType.default("strategy"),
  target: z.string().min(1).max(96),
};

const asked = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.literal("subscribe"), ...target }),
    z.object({ type: z.literal("unsubscribe"), ...target }),
    z.object({ type: z.literal("ping") }),
  ],
  "must be subscribe, unsubscribe or ping",
);

/** Something a client can be on, in the two words it has for it. */
export interface Target {
  readonly subscription_type: z.infer<typeof subscriptionType>;
  readonly target: string;
}

/** Settings of {@link stockPrices}. */
export interface StockPricesOptions {
  readonly path: string;
  readonly guest: Principal;
  readonly clock: Clock;
}

/** Prices of strategies, symbols and boards, as lists of changes. Anybody may read them. */
export function stockPrices({ path, guest, clock }: StockPricesOptions): Dialect {
  return {
    path,
    guest,
    events(events) {
      const rows = events.flatMap(({ removed, data }) => (removed ? [] : quote.parse(data)));
      return priceUpdate(rows, events.at(-1)?.timestamp ?? clock.now());
    },
    open: () => conversation(clock),
  };
}

/** One connection: which request an answer belongs to, and what it is on. */
function conversation(clock: Clock): Conversation {
  const open = new Map<string, Target>();
  const on = new Map<string, Target>();
  let requests = 0;

  function decode(frame: string | Uint8Array): Understood {
    const read = readFrame(frame, asked, "type");
    if (!read.ok) return read;
    requests += 1;
    const id = String(requests);
    const { said } = read;
    if (said.type === "ping") return { ok: true, messages: [{ type: "ping", id }] };
    const { type, ...wanted } = said;
    const channel = channelOf(wanted);
    if (!channel) return notUnderstood("invalid-message", "target", "is too long");
    open.set(id, wanted);
    return { ok: true, messages: [{ type, id, channel: channel.name }] };
  }

  function encode(message: ServerMessage): Frames {
    const timestamp = isoTime(clock.now());
    const said = (fields: object): Frames => [JSON.stringify({ ...fields, timestamp })];
    const request = "id" in message && message.id !== undefined ? open.get(message.id) : undefined;
    if ("id" in message && message.id !== undefined) open.delete(message.id);

    switch (message.type) {
      case "connected":
        return said({ type: "connected", client_id: message.clientId, message: "connected" });
      case "subscribed": {
        const prices = priceUpdate(snapshotRows(message), clock.now());
        if (!request) return prices; // the channel began anew: nobody asked
        const known = on.has(message.channel);
        on.set(message.channel, request);
        const text = known ? "already subscribed" : "subscribed";
        return [...said({ type: "subscribed", ...request, message: text }), ...prices];
      }
      case "unsubscribed": {
        const left = request ?? on.get(message.channel);
        const known = on.delete(message.channel);
        const text = message.reason ?? (known ? "unsubscribed" : "was not subscribed");
        return left ? said({ type: "unsubscribed", ...left, message: text }) : [];
      }
      case "pong":
        return message.id === undefined ? [] : said({ type: "pong" });
      case "error": {
        const what = request && ` of ${request.subscription_type} ${request.target}`;
        const details = `${message.code}${what ?? ""}`;
        return said({ type: "error", error: message.message, details });
      }
      default:
        return [];
    }
  }

  return { decode, encode };
}

/** The channel of what a client asks for; `undefined` when nothing can have such a name. */
function channelOf({ subscription_type, target }: Target): ChannelRef | undefined {
  try {
    switch (subscription_type) {
      case "strategy":
        return market.strategy({ name: target });
      case "stock":
        return market.price({ code: target });
      case "market":
        return market.board({ board: target });
      default:
        return subscription_type satisfies never;
    }
  } catch {
    return undefined; // longer than an address may be, once written as one
  }
}

function snapshotRows({ snapshot }: ServerMessageOf<"subscribed">): readonly Quote[] {
  if (snapshot === undefined) return [];
  return Array.isArray(snapshot)
    ? snapshot.map((row) => quote.parse(row))
    : [quote.parse(snapshot)];
}

function priceUpdate(quotes: readonly Quote[], at: number): Frames {
  if (quotes.length === 0) return [];
  const data = quotes.map(priceOf);
  const timestamp = isoTime(at);
  return [JSON.stringify({ type: "price_update", data, count: data.length, timestamp })];
}

/** A price in the fields of the dialect. */
export function priceOf({ symbol, name, price, change, changePercent, volume, at }: Quote) {
  return {
    code: symbol,
    name,
    price,
    change,
    change_percent: changePercent,
    volume: Math.round(volume),
    timestamp: isoTime(at),
  };
}
