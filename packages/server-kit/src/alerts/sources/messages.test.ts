import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binanceStreams, readBinance } from "./binance-messages.js";
import { deribitRows } from "./deribit-answers.js";
import { deribitChannel, deribitSymbol, readDeribit } from "./deribit-messages.js";

const read = (message: unknown) => readDeribit(JSON.stringify(message), undefined);
const notify = (channel: string, data: unknown) =>
  read({ jsonrpc: "2.0", method: "subscription", params: { channel, data } });

// As in the documentation of ticker.{instrument_name}.{interval}, for an option.
const optionTicker = {
  underlying_price: 9_163.58,
  underlying_index: "BTC-25SEP20",
  timestamp: 1_590_114_717_431,
  stats: { volume: 20, price_change: -14.5553, low: 0.1585, high: 0.1855 },
  state: "open",
  open_interest: 628,
  min_price: 0.1,
  max_price: 0.2,
  mark_price: 0.1537,
  mark_iv: 71.2,
  last_price: 0.1585,
  interest_rate: 0,
  instrument_name: "BTC-25SEP20-10000-C",
  index_price: 9_100,
  greeks: { vega: 20.1, theta: -6.7, rho: 9.2, gamma: 0.0001, delta: 0.49 },
  bid_iv: 70,
  best_bid_price: 0.153,
  best_bid_amount: 10,
  best_ask_price: 0.1545,
  best_ask_amount: 10,
  ask_iv: 72,
};
const future = { ...optionTicker, instrument_name: "BTC-PERPETUAL", greeks: undefined };

describe("readDeribit", () => {
  it("reads an index", () => {
    const data = { timestamp: 1_535_098_298_227, price: 6_521.17, index_name: "btc_usd" };
    expect(notify("deribit_price_index.btc_usd", data)).toEqual({
      type: "price",
      symbol: "btc_usd",
      price: 6_521.17,
      at: 1_535_098_298_227,
      feedAt: 1_535_098_298_227,
    });
  });

  it("reads a ticker: of an option the mark and the greeks, of everything else the last trade", () => {
    expect(notify("ticker.BTC-25SEP20-10000-C.100ms", optionTicker)).toEqual({
      type: "price",
      symbol: "BTC-25SEP20-10000-C",
      price: 0.1537,
      at: 1_590_114_717_431,
      feedAt: 1_590_114_717_431,
      volume: 20,
      bid: 0.153,
      ask: 0.1545,
      greeks: optionTicker.greeks,
    });
    expect(notify("ticker.BTC-PERPETUAL.agg2", future)).toMatchObject({ price: 0.1585 });
    const text = JSON.stringify({
      method: "subscription",
      params: { channel: "ticker.BTC-PERPETUAL.agg2", data: future },
    });
    expect(readDeribit(text, "mark")).toMatchObject({ price: 0.1537 });
  });

  it("makes no price of an instrument that has none, and no offer of 0", () => {
    const never = { ...future, last_price: null };
    expect(notify("ticker.BTC-PERPETUAL.100ms", never)).toEqual({ type: "nothing" });
    const empty = { ...future, best_bid_price: 0, best_ask_price: null };
    expect(notify("ticker.BTC-PERPETUAL.100ms", empty)).toMatchObject({ bid: null, ask: null });
  });

  it("tells a heartbeat from a question, and answers and refusals from both", () => {
    const beat = (type: string) => read({ jsonrpc: "2.0", method: "heartbeat", params: { type } });
    expect(beat("heartbeat")).toEqual({ type: "nothing" });
    expect(beat("test_request")).toEqual({ type: "probe" });
    expect(read({ id: 7, result: ["ticker.A.100ms"] })).toEqual({
      ...{ type: "reply", id: 7 },
      result: ["ticker.A.100ms"],
    });
    const error = { code: 10_028, message: "too_many_requests" };
    expect(read({ id: 7, error })).toMatchObject({ type: "refusal", id: 7, tooFast: true });
    expect(read({ error: { ...error, code: -32_602 } })).toMatchObject({ tooFast: false });
  });

  it("knows what it does not know, and what is broken", () => {
    expect(notify("book.BTC-PERPETUAL.100ms", {})).toEqual({ type: "unknown" });
    expect(read({ method: "news" })).toEqual({ type: "unknown" });
    expect(notify("ticker.A.100ms", { ...future, timestamp: "now" })).toEqual({
      type: "malformed",
    });
    expect(notify("deribit_price_index.a_b", { price: -1 })).toEqual({ type: "malformed" });
    expect(readDeribit("{", undefined)).toEqual({ type: "malformed" });
  });

  it("writes a symbol as a channel and back", () => {
    for (const symbol of ["btc_usd", "BTC-PERPETUAL", "BTC_USDC", "XRP_USDC-30AUG24-0d65-C"]) {
      expect(deribitSymbol(deribitChannel(symbol, "100ms"))).toBe(symbol);
    }
  });
});

const event = (data: object) => readBinance(JSON.stringify({ stream: "x", data }));
const trade = {
  ...{ e: "trade", E: 1_672_515_782_136, s: "BNBBTC", t: 12_345, p: "0.001", q: "100" },
  ...{ T: 1_672_515_782_130, m: true, M: true },
};

describe("readBinance", () => {
  it("reads a trade, wrapped and bare", () => {
    const price = {
      ...{ type: "price", symbol: "BNBBTC", price: 0.001 },
      ...{ at: 1_672_515_782_130, feedAt: 1_672_515_782_136 },
    };
    expect(event(trade)).toEqual(price);
    expect(readBinance(JSON.stringify(trade))).toEqual(price);
  });

  it("reads a candle being built, and what is offered", () => {
    const k = { t: 1, T: 2, s: "BNBBTC", i: "1m", o: "0.0010", c: "0.0020", v: "1000", x: false };
    expect(event({ e: "kline", E: 5, s: "BNBBTC", k })).toMatchObject({ price: 0.002, at: 5 });
    const ticker = {
      e: "24hrTicker",
      E: 9,
      s: "BNBBTC",
      c: "0.0025",
      b: "0.0024",
      a: "0.00000000",
    };
    expect(event({ ...ticker, v: "10000" })).toEqual({
      ...{ type: "quote", symbol: "BNBBTC", price: 0.0025, feedAt: 9, volume: 10_000 },
      ...{ bid: 0.0024, ask: null },
    });
  });

  it("tells answers, refusals and the end of a connection apart", () => {
    expect(readBinance('{"result":null,"id":3}')).toEqual({ type: "reply", id: 3, result: null });
    expect(readBinance('{"code":2,"msg":"Invalid request"}')).toMatchObject({ type: "refusal" });
    const error = '{"error":{"code":2,"msg":"Too many requests"},"id":3}';
    expect(readBinance(error)).toMatchObject({ type: "refusal", id: 3, tooFast: true });
    expect(event({ e: "serverShutdown", E: 1 })).toEqual({ type: "goodbye" });
    expect(readBinance('{"event":{"e":"serverShutdown","E":1}}')).toEqual({ type: "goodbye" });
  });

  it("knows what it does not know, and what is broken", () => {
    expect(event({ e: "depthUpdate" })).toEqual({ type: "unknown" });
    expect(readBinance("{}")).toEqual({ type: "unknown" });
    for (const p of ["-1", "0", "1e3", "NaN", "", 5, null]) {
      expect(event({ ...trade, p })).toEqual({ type: "malformed" });
    }
    expect(readBinance("[")).toEqual({ type: "malformed" });
    expect(binanceStreams("BTCUSDT", "trade")).toEqual(["btcusdt@trade", "btcusdt@ticker"]);
  });
});

it("never throws, whatever a venue sends", () => {
  const shapes = [optionTicker, trade, { id: 1, result: [] }, { method: "subscription" }];
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .tuple(fc.constantFrom(...shapes), fc.string(), fc.jsonValue())
      .map(([shape, key, value]) => JSON.stringify({ ...shape, [key]: value })),
  );
  fc.assert(
    fc.property(text, (frame) => {
      for (const said of [readDeribit(frame, undefined), readBinance(frame)]) {
        if (said.type === "price") expect(said.price).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});

it("joins what Deribit lists with what it quotes, in order, and leaves out what is not listed", () => {
  const terms = { strike: 100_000, option_type: "call", expiration_timestamp: 50 } as const;
  const name = (strike: number, kind: string) => `BTC-27MAR26-${strike}-${kind}`;
  const instruments = [
    { ...terms, instrument_name: name(100_000, "P"), option_type: "put" as const },
    { ...terms, instrument_name: name(100_000, "C") },
    { ...terms, instrument_name: name(90_000, "C"), strike: 90_000 },
    { ...terms, instrument_name: "SOL_USDC-27MAR26-200-C" },
  ];
  const quoted = instruments.map(({ instrument_name }) => ({
    instrument_name,
    creation_timestamp: 9,
  }));
  const delisted = { instrument_name: name(1, "C"), creation_timestamp: 9 };
  const rows = deribitRows("BTC", instruments, [...quoted, delisted], () => undefined);
  expect(rows.map(({ strike, kind }) => [strike, kind])).toEqual([
    [90_000, "call"],
    [100_000, "call"],
    [100_000, "put"],
  ]);
  expect(rows[0]).toMatchObject({ bid: null, markIv: null, greeks: null, expiry: 50, at: 9 });
});
