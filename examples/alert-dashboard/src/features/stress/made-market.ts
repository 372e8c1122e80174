import { createClient } from "@tocsin/client";
import { createFakeServer } from "@tocsin/client/testing";
import { market, type Quote } from "@tocsin-example/alert-contract";
import type { MarketClient } from "../../live/client.js";

/** How often prices are sent, milliseconds; many at once, as a server that batches sends them. */
const BATCH_MS = 10;

/** A market made in the page. */
export interface MadeMarket {
  /** A client whose server is in the page too; everything between the two is the real one. */
  readonly client: MarketClient;
  /** How many prices were sent so far. */
  readonly sent: () => number;
  stop(): void;
}

/** Makes a market of `symbols`, each with `rate` prices a second. Numbers are drawn from `random`. */
export function createMadeMarket(
  symbols: number,
  rate: number,
  random: () => number = Math.random,
): MadeMarket {
  const rows = Array.from({ length: symbols }, (_, index) => quoteOf(index, 20 + random() * 400));
  const channel = market.board({ board: "all" }).name;
  let offset = rows.length;
  let subscribed = false;
  const server = createFakeServer({
    now: Date.now,
    script: {
      subscribe: ({ id, channel: wanted }) => {
        if (wanted !== channel) {
          return { type: "error", ...(id && { id }), code: "forbidden", message: "not made here" };
        }
        subscribed = true;
        const recovery = "fresh" as const;
        const mode = "table" as const;
        return {
          type: "subscribed",
          ...(id && { id }),
          channel,
          mode,
          epoch: "made",
          offset,
          recovery,
          snapshot: rows,
        };
      },
    },
  });
  const client = createClient({
    url: "ws://in.the.page/ws",
    contract: market,
    WebSocket: server.WebSocket,
  });

  let sent = 0;
  let owed = 0;
  let next = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    owed = Math.min(owed + ((now - last) / 1_000) * symbols * rate, symbols * rate);
    last = now;
    if (!subscribed) return;
    for (; owed >= 1; owed -= 1) {
      const at = next % rows.length;
      next += 1;
      const before = rows[at];
      if (!before) continue;
      const price = Number((before.price * (1 + (random() - 0.5) / 500)).toFixed(2));
      const row = moved(before, price, Date.now());
      rows[at] = row;
      offset += 1;
      sent += 1;
      server.send({
        type: "event",
        channel,
        offset,
        data: row,
        key: row.symbol,
        timestamp: row.at,
      });
    }
  }, BATCH_MS);

  return {
    client,
    sent: () => sent,
    stop() {
      clearInterval(timer);
      void client.close();
    },
  };
}

function quoteOf(index: number, price: number): Quote {
  const number = String(index + 1).padStart(3, "0");
  return {
    symbol: `LOAD-${number}`,
    name: `Made up ${number}`,
    price,
    change: 0,
    changePercent: 0,
    open: price,
    high: price,
    low: price,
    volume: 0,
    bid: null,
    ask: null,
    at: 0,
    stale: false,
    source: "simulation",
  };
}

function moved(quote: Quote, price: number, at: number): Quote {
  return {
    ...quote,
    price,
    at,
    change: price - quote.open,
    changePercent: (price / quote.open - 1) * 100,
    high: Math.max(quote.high, price),
    low: Math.min(quote.low, price),
    volume: quote.volume + 100,
  };
}
