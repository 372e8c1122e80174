import { silentLogger } from "@tocsin/server-kit";
import { fakeClock } from "@tocsin/server-kit/testing";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Asked,
  until,
  venueServer,
} from "../../../packages/server-kit/test/integration/sources/venue-server.js";
import { createBook } from "../src/market/book.js";
import { liveFeed } from "../src/market/live-feed.js";

const NOW = 1_790_000_000_000;
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const CALL = "BTC-27MAR27-100000-C";

/** What Deribit answers to what it documents. */
function deribit({ id, method, params }: Asked): unknown {
  const reply = (result: unknown) => ({ jsonrpc: "2.0", id, result });
  switch (method) {
    case "public/subscribe":
      return reply(params.channels);
    case "public/get_tradingview_chart_data":
      return reply({
        ...{ status: "ok", ticks: [NOW - 172_800_000], volume: [5], cost: [1] },
        ...{ open: [90_000], high: [95_000], low: [85_000], close: [92_000] },
      });
    case "public/get_instruments":
      return reply(params.currency === "BTC" ? [option] : []);
    case "public/get_book_summary_by_currency":
      return reply(params.currency === "BTC" ? [summary] : []);
    default:
      return reply("ok");
  }
}

const option = {
  ...{ kind: "option", is_active: true, base_currency: "BTC", strike: 100_000 },
  ...{ option_type: "call", expiration_timestamp: NOW + 86_400_000, instrument_name: CALL },
};

const summary = {
  ...{ instrument_name: CALL, underlying_price: 98_000, underlying_index: "BTC-27MAR27" },
  ...{ creation_timestamp: NOW, bid_price: null, ask_price: 0.034, mark_price: 0.03, mark_iv: 61 },
};

const ticker = (price: number, timestamp: number) => ({
  jsonrpc: "2.0",
  method: "subscription",
  params: {
    channel: "ticker.BTC-PERPETUAL.100ms",
    data: {
      ...{ instrument_name: "BTC-PERPETUAL", timestamp, state: "open", last_price: price },
      ...{ best_bid_price: price - 1, best_ask_price: price + 1, stats: { volume: 12.5 } },
    },
  },
});

const trade = (price: string, at: number) => ({
  stream: "btcusdt@trade",
  data: { e: "trade", E: at, s: "BTCUSDT", t: 1, p: price, q: "1", T: at, m: true, M: true },
});

async function setUp() {
  const venues = {
    deribit: await venueServer(deribit),
    binance: await venueServer(({ id }) => ({ result: null, id })),
  };
  const clock = fakeClock(NOW);
  const feed = liveFeed({
    clock,
    logger: silentLogger,
    deribit: { url: venues.deribit.url },
    binance: { url: venues.binance.url, restUrl: venues.binance.httpUrl },
  });
  const book = createBook(feed.listings);
  feed.source.subscribe((tick) => book.take(tick));
  feed.fill(book);
  const chains = feed.chains(book);
  open.push(
    () => venues.deribit.close(),
    () => venues.binance.close(),
    () => feed.source.stop(),
    () => feed.close(),
  );
  feed.source.start();
  const asks = (of: { readonly asked: readonly Asked[] }) =>
    of.asked.some(({ method }) => /subscribe/i.test(method));
  await until(() => asks(venues.deribit) && asks(venues.binance));
  return { ...venues, clock, feed, book, chains };
}

describe("liveFeed", () => {
  it("lists coins on a board of their own, with bid, ask and what happened before", async () => {
    const { deribit, book } = await setUp();
    deribit.say(ticker(98_000, NOW));
    await until(() => book.quote("BTC")?.change !== undefined && book.quote("BTC")?.change !== 0);
    expect(book.boards).toEqual(["all", "crypto"]);
    expect(book.quote("BTC")).toMatchObject({
      ...{ price: 98_000, bid: 97_999, ask: 98_001, volume: 12.5, source: "live", stale: false },
      ...{ change: 6_000, changePercent: 6.52 },
    });
    await until(() => book.bars("BTC", "1d", 9)?.length === 2);
    expect(book.bars("BTC", "1d", 9)?.[0]).toMatchObject({ open: 90_000, volume: 5 });
  });

  it("goes on with the other venue when the first falls silent", async () => {
    const { deribit, binance, clock, book } = await setUp();
    deribit.say(ticker(98_000, NOW));
    await until(() => book.quote("BTC")?.price === 98_000);
    while (book.quote("BTC")?.price !== 98_500) {
      clock.advance(1_000);
      binance.say(trade("98500.00", clock.now()));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(clock.now() - NOW).toBeGreaterThan(15_000);
  });

  it("has the options of the venue, in dollars", async () => {
    const { deribit, clock, chains, book } = await setUp();
    expect(chains.underlyings).toEqual(["BTC", "ETH"]);
    expect(chains.rows("BTC")).toEqual([]);
    deribit.say(ticker(98_000, NOW));
    await until(() => book.quote("BTC") !== undefined);
    clock.advance(10_000);
    await until(() => chains.rows("BTC")?.length === 1);
    expect(chains.row(CALL)).toMatchObject({ mark: 2_940, ask: 3_332, bid: null, strike: 100_000 });
    expect(chains.dayChange(CALL)).toBeNull();
    expect(chains.rows("SPX")).toBeUndefined();
  });
});
