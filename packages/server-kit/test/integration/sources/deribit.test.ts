import type { Tick } from "@tocsin/protocol/alerts";
import { afterEach, describe, expect, it } from "vitest";
import { SourceError } from "../../../src/alerts/errors.js";
import { type DeribitOptions, deribitSource } from "../../../src/alerts/sources/deribit.js";
import { FeedError } from "../../../src/alerts/sources/feed-error.js";
import { silentLogger } from "../../../src/logger.js";
import { fakeClock } from "../../../src/testing/fake-clock.js";
import { type Asked, until, type VenueServer, venueServer } from "./venue-server.js";

const NOW = 1_790_000_000_000;
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const channelsOf = ({ params }: Asked) => params.channels as string[];

/** What Deribit answers to what it documents. */
function deribit(asked: Asked): unknown {
  const reply = (result: unknown) => ({ jsonrpc: "2.0", id: asked.id, result, usDiff: 100 });
  switch (asked.method) {
    case "public/set_heartbeat":
      return reply("ok");
    case "public/test":
      return reply({ version: "1.2.26" });
    case "public/subscribe":
      return reply(channelsOf(asked).filter((channel) => !channel.includes("NONE")));
    case "public/unsubscribe":
      return reply(channelsOf(asked));
    case "public/get_instruments":
      return reply([option(100_000, "call"), option(90_000, "put")]);
    case "public/get_book_summary_by_currency":
      return reply([summary(option(100_000, "call").instrument_name), summary("BTC-GONE-1-C")]);
    case "public/get_tradingview_chart_data":
      return reply({
        ...{ status: "ok", ticks: [60_000, 120_000], volume: [19.5, 20], cost: [1, 2] },
        ...{ open: [10, 12], high: [15, 16], low: [9, 8], close: [12, 11] },
      });
    default:
      return {
        jsonrpc: "2.0",
        id: asked.id,
        error: { code: -32_601, message: "Method not found" },
      };
  }
}

const option = (strike: number, option_type: "call" | "put") => ({
  ...{ tick_size: 0.0005, kind: "option", is_active: true, base_currency: "BTC", strike },
  ...{ option_type, expiration_timestamp: NOW + 86_400_000 },
  instrument_name: `BTC-27MAR26-${strike}-${option_type === "call" ? "C" : "P"}`,
});

const summary = (instrument_name: string) => ({
  ...{ instrument_name, volume: 0.55, underlying_price: 98_000, underlying_index: "BTC-27MAR26" },
  ...{ creation_timestamp: NOW, bid_price: null, ask_price: 0.034, mark_price: 0.03, mark_iv: 61 },
});

const ticker = (instrument_name: string, price: number, timestamp: number) => ({
  jsonrpc: "2.0",
  method: "subscription",
  params: {
    channel: `ticker.${instrument_name}.100ms`,
    data: {
      ...{ instrument_name, timestamp, state: "open", last_price: price, mark_price: price },
      ...{ best_bid_price: price - 1, best_ask_price: price + 1, stats: { volume: 12.5 } },
      greeks: { delta: 0.5, gamma: 0, theta: -1, vega: 2, rho: 3 },
    },
  },
});

const index = (price: number, timestamp: number) => ({
  jsonrpc: "2.0",
  method: "subscription",
  params: {
    channel: "deribit_price_index.btc_usd",
    data: { index_name: "btc_usd", price, timestamp },
  },
});

async function setUp(options: DeribitOptions = {}, answer = deribit) {
  const venue = await venueServer(answer);
  const clock = fakeClock(NOW);
  const source = deribitSource({ url: venue.url, clock, random: () => 0.5, ...options });
  const seen: Tick[] = [];
  source.subscribe((tick) => seen.push(tick));
  open.push(
    () => venue.close(),
    () => source.stop(),
  );
  return { venue, clock, source, seen };
}

const methods = (venue: VenueServer) => venue.asked.map(({ method }) => method);
const subscriptions = (venue: VenueServer) =>
  venue.asked.filter(({ method }) => method === "public/subscribe").map(channelsOf);

describe("deribitSource", () => {
  it("asks for a heartbeat, subscribes what is watched and hands out what comes", async () => {
    const { venue, source, seen } = await setUp({ symbols: ["btc_usd"] });
    source.watch(["BTC-PERPETUAL"]);
    source.start();
    source.start();
    await until(() => venue.asked.length === 2);
    expect(venue.asked[0]).toMatchObject({
      ...{ jsonrpc: "2.0", method: "public/set_heartbeat", params: { interval: 30 } },
    });
    expect(subscriptions(venue)).toEqual([
      ["deribit_price_index.btc_usd", "ticker.BTC-PERPETUAL.100ms"],
    ]);
    venue.say(index(98_000.5, NOW - 20));
    venue.say(ticker("BTC-PERPETUAL", 98_010, NOW - 10));
    venue.say(ticker("ETH-PERPETUAL", 3_000, NOW)); // not asked for
    venue.say(index(98_001, NOW));
    await until(() => seen.length === 3);
    const from = { receivedAt: NOW, venue: "deribit" };
    expect(seen).toEqual([
      { symbol: "btc_usd", price: 98_000.5, volume: 0, at: NOW - 20, feedAt: NOW - 20, ...from },
      {
        ...{ symbol: "BTC-PERPETUAL", price: 98_010, volume: 12.5, at: NOW - 10, feedAt: NOW - 10 },
        ...{ bid: 98_009, ask: 98_011 },
        ...from,
      },
      { symbol: "btc_usd", price: 98_001, volume: 0, at: NOW, feedAt: NOW, ...from },
    ]);
    expect(source.quotes(["BTC-PERPETUAL", "ETH-PERPETUAL"])).toEqual([seen[1]]);
    expect(source.health()).toEqual({
      ...{ running: true, connected: true, lastTickAt: NOW, stale: [] },
      ...{ reconnects: 0, unknown: 0, malformed: 0, refused: 0 },
    });
  });

  it("answers when Deribit asks whether it is there", async () => {
    const { venue, source } = await setUp();
    source.start();
    await until(() => venue.asked.length === 1);
    const beat = (type: string) => ({ jsonrpc: "2.0", method: "heartbeat", params: { type } });
    venue.say(beat("heartbeat"));
    venue.say(beat("test_request"));
    await until(() => venue.asked.length === 2);
    expect(methods(venue)).toEqual(["public/set_heartbeat", "public/test"]);
    expect(source.health()).toMatchObject({ unknown: 0, malformed: 0 });
  });

  it("unsubscribes what nobody watches any more", async () => {
    const { venue, clock, source, seen } = await setUp({ symbols: ["btc_usd", "btc_usd"] });
    source.start();
    await until(() => venue.asked.length === 2);
    source.unwatch(["btc_usd"]);
    clock.advance(1_000);
    source.unwatch(["btc_usd"]);
    await until(() => venue.asked.length === 3);
    expect(venue.asked[2]).toMatchObject({
      method: "public/unsubscribe",
      params: { channels: ["deribit_price_index.btc_usd"] },
    });
    venue.say(index(98_000, NOW));
    venue.say({ method: "mark" });
    await until(() => source.health().unknown === 1);
    expect(seen).toEqual([]);
    clock.advance(3_600_000);
    expect(source.health().stale).toEqual([]);
  });

  it("dials again after a restart of the venue, with a growing wait, and subscribes everything again", async () => {
    const { venue, clock, source, seen } = await setUp({ symbols: ["btc_usd", "BTC-PERPETUAL"] });
    source.start();
    await until(() => venue.asked.length === 2);
    await venue.close();
    await until(() => !source.health().connected);
    clock.advance(249); // half of 500 ms
    expect(venue.dialled).toBe(1);
    await venue.open();
    clock.advance(1);
    await until(() => venue.asked.length === 4);
    expect(subscriptions(venue)[1]).toEqual(subscriptions(venue)[0]);
    venue.say(index(98_000, NOW));
    await until(() => seen.length === 1);
    expect(source.health()).toMatchObject({ connected: true, reconnects: 1 });
  });

  it("waits longer each time while the venue turns it away, and a short time once it has worked", async () => {
    const waits: unknown[] = [];
    const warn = (fields: object) => void waits.push("waitMs" in fields && fields.waitMs);
    const logger = { ...silentLogger, warn };
    const { venue, clock, source, seen } = await setUp({ symbols: ["btc_usd"], logger });
    venue.upgradeStatus = 429;
    source.start();
    for (const [index, wait] of [250, 500, 1_000, 2_000].entries()) {
      await until(() => waits.length === index + 1);
      expect(waits.at(-1)).toBe(wait);
      if (wait === 2_000) venue.upgradeStatus = 101;
      clock.advance(wait);
    }
    await until(() => venue.asked.length === 2);
    venue.say(index(98_000, clock.now()));
    await until(() => seen.length === 1);
    for (const socket of venue.sockets()) socket.close(1001);
    await until(() => waits.length === 5);
    expect(waits.at(-1)).toBe(250);
    clock.advance(250);
    await until(() => venue.asked.length === 4);
  });

  it("gives up a connection that has gone silent, and dials another", async () => {
    const { venue, clock, source } = await setUp({ symbols: ["btc_usd"] });
    source.start();
    await until(() => venue.asked.length === 2);
    venue.say({ jsonrpc: "2.0", method: "heartbeat", params: { type: "heartbeat" } });
    venue.say({ method: "mark" });
    await until(() => source.health().unknown === 1);
    clock.advance(44_999);
    expect(source.health().connected).toBe(true);
    clock.advance(1);
    expect(source.health()).toMatchObject({ connected: false, stale: [] });
    clock.advance(16_000);
    expect(source.health().stale).toEqual(["btc_usd"]);
    await until(() => venue.asked.length === 4);
    await until(() => venue.sockets().length === 1);
    expect(source.health()).toMatchObject({ connected: true, reconnects: 1 });
  });

  it("dials again when heartbeats come and prices stand still (trap 6)", async () => {
    const { venue, clock, source, seen } = await setUp({ symbols: ["btc_usd"] });
    source.start();
    await until(() => venue.asked.length === 2);
    let beats = 0;
    for (; source.health().connected && beats < 20; beats += 1) {
      const before = seen.length;
      venue.say(index(98_000, NOW));
      await until(() => seen.length > before);
      clock.advance(5_000);
    }
    expect(clock.now() - NOW).toBe(65_000);
    expect(source.health().stale).toEqual(["btc_usd"]);
    clock.advance(250);
    await until(() => venue.asked.length === 4);
    venue.say(index(98_100, clock.now()));
    await until(() => seen.length === beats + 1);
    expect(source.health().stale).toEqual([]);
  });

  it("survives frames that are broken, counts them, and goes on", async () => {
    const { venue, source, seen } = await setUp({ symbols: ["btc_usd"] });
    source.start();
    await until(() => venue.asked.length === 2);
    for (const text of ["", "{", "null", "[]", '{"method":5}']) venue.sayText(text);
    venue.say(index(Number.NaN, NOW)); // null in JSON
    for (const socket of venue.sockets()) socket.send(Buffer.from([1, 2, 3]));
    venue.say({ jsonrpc: "2.0", method: "announcement", params: {} });
    venue.say({ jsonrpc: "2.0", id: 999, result: "to nobody" });
    venue.say(index(98_000, NOW));
    await until(() => seen.length === 1);
    expect(source.health()).toMatchObject({ malformed: 7, unknown: 2, connected: true });
  });

  it("dials again when what comes is no WebSocket frame at all", async () => {
    const { venue, clock, source } = await setUp({ symbols: ["btc_usd"] });
    source.start();
    await until(() => venue.asked.length === 2);
    for (const socket of venue.sockets()) {
      (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
        Buffer.from([0xff, 0xff, 0xff, 0xff]),
      );
    }
    await until(() => !source.health().connected);
    clock.advance(250);
    await until(() => venue.asked.length === 4);
  });

  it("asks again later when it was too fast", async () => {
    let refusals = 2;
    const { venue, clock, source, seen } = await setUp({ symbols: ["btc_usd"] }, (asked) => {
      if (asked.method !== "public/subscribe" || refusals === 0) return deribit(asked);
      refusals -= 1;
      return { id: asked.id, error: { code: 10_028, message: "too_many_requests" } };
    });
    source.start();
    await until(() => source.health().refused === 1);
    clock.advance(350 + 1_000 - 1);
    expect(venue.asked).toHaveLength(2);
    clock.advance(1);
    await until(() => source.health().refused === 2);
    clock.advance(350 + 2_000);
    await until(() => venue.asked.length === 4);
    venue.say(index(98_000, clock.now()));
    await until(() => seen.length === 1);
  });

  it("does without a symbol the venue does not have, and says that it is stale", async () => {
    const { venue, clock, source, seen } = await setUp({
      symbols: ["btc_usd", "NONE-PERPETUAL", "no such symbol"],
    });
    source.start();
    await until(() => venue.asked.length === 2);
    for (let minute = 0; minute < 3; minute += 1) {
      clock.advance(30_000);
      venue.say(index(98_000, clock.now()));
      await until(() => seen.length === minute + 1);
    }
    expect(source.health().stale).toEqual(["NONE-PERPETUAL", "no such symbol"]);
    expect(subscriptions(venue)).toEqual([
      ["deribit_price_index.btc_usd", "ticker.NONE-PERPETUAL.100ms"],
    ]);
  });

  it("has the chain of options, with the greeks of those that are watched", async () => {
    const { instrument_name: call } = option(100_000, "call");
    const { venue, clock, source, seen } = await setUp({ symbols: [call] });
    await expect(source.chain("BTC")).rejects.toMatchObject({ name: "FeedError", retryable: true });
    source.start();
    await until(() => venue.asked.length === 2);
    const row = {
      ...{ instrument: call, underlying: "BTC", kind: "call", strike: 100_000 },
      ...{ expiry: NOW + 86_400_000, bid: null, ask: 0.034, mark: 0.03, markIv: 61 },
      ...{ underlyingPrice: 98_000, greeks: null, at: NOW },
    };
    expect(await source.chain("BTC")).toEqual([row]);
    venue.say(ticker(call, 0.03, NOW));
    await until(() => seen.length === 1);
    const greeks = { delta: 0.5, gamma: 0, theta: -1, vega: 2, rho: 3 };
    expect(await source.chain("BTC")).toEqual([{ ...row, greeks }]);
    expect(venue.asked.filter(({ method }) => method.endsWith("instruments"))).toMatchObject([
      { params: { currency: "BTC", kind: "option", expired: false } },
    ]);
    clock.advance(10_000);
    expect(await source.chain("SOL_USDC")).toEqual([]);
    expect(venue.asked.at(-1)?.params).toMatchObject({ currency: "USDC" });
  });

  it("has candles", async () => {
    const { venue, source } = await setUp();
    source.start();
    await until(() => source.health().connected);
    const candles = await source.candles("BTC-PERPETUAL", {
      interval: "1h",
      to: 7_200_001,
      limit: 2,
    });
    expect(candles).toEqual([
      { at: 60_000, open: 10, high: 15, low: 9, close: 12, volume: 19.5 },
      { at: 120_000, open: 12, high: 16, low: 8, close: 11, volume: 20 },
    ]);
    expect(venue.asked.at(-1)?.params).toEqual({
      ...{ instrument_name: "BTC-PERPETUAL", resolution: "60" },
      ...{ start_timestamp: 3_600_000, end_timestamp: 7_200_000 },
    });
  });

  it("rejects what it asked for when the answer is wrong, late, or lost with the connection", async () => {
    const answers: unknown[] = [{ status: "ok" }, undefined, undefined];
    const { venue, clock, source } = await setUp({}, (asked) => {
      if (asked.method !== "public/get_tradingview_chart_data") return deribit(asked);
      const result = answers.shift();
      return result && { id: asked.id, result };
    });
    source.start();
    await until(() => source.health().connected);
    const ask = () => source.candles("BTC-PERPETUAL", { interval: "1d" }).catch((error) => error);
    expect(await ask()).toMatchObject({ name: "FeedError", retryable: false });
    const late = ask();
    await until(() => venue.asked.length === 3);
    clock.advance(10_000);
    expect(await late).toMatchObject({ message: expect.stringMatching(/no answer within/) });
    const lost = ask();
    await until(() => venue.asked.length === 4);
    source.stop();
    expect(await lost).toBeInstanceOf(FeedError);
    expect(await lost).toMatchObject({ retryable: true });
  });

  it("leaves nothing behind when it is stopped, and starts again", async () => {
    const { venue, clock, source } = await setUp({ symbols: ["btc_usd"] });
    source.start();
    await until(() => venue.asked.length === 2);
    source.stop();
    source.stop();
    await until(() => venue.sockets().length === 0);
    expect(clock.pending).toBe(0);
    expect(source.health()).toMatchObject({ running: false, connected: false, stale: [] });
    source.start();
    await until(() => venue.asked.length === 4);
  });

  it("refuses settings that make no sense", () => {
    expect(() => deribitSource({ url: "http://x" })).toThrow(SourceError);
    expect(() => deribitSource({ heartbeatSeconds: 5 })).toThrow(/heartbeatSeconds: must be 10/);
  });

  it("speaks through any WebSocket, also one without pings and without terminate", async () => {
    const made: string[] = [];
    const { WebSocket } = await import("ws");
    const real = WebSocket;
    const bare = function bare(url: string) {
      made.push(url);
      const socket = new real(url);
      return {
        addEventListener: socket.addEventListener.bind(socket),
        send: (text: string) => socket.send(text),
        close: () => socket.close(),
      };
    } as unknown as NonNullable<DeribitOptions["WebSocket"]>;
    const { venue, source } = await setUp({ symbols: ["btc_usd"], WebSocket: bare });
    source.start();
    await until(() => venue.asked.length === 2);
    source.stop();
    await until(() => venue.sockets().length === 0);
    expect(made).toEqual([venue.url]);
  });
});
