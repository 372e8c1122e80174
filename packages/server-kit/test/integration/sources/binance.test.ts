import type { Tick } from "@tocsin/protocol/alerts";
import { afterEach, describe, expect, it } from "vitest";
import { type BinanceOptions, binanceSource } from "../../../src/alerts/sources/binance.js";
import { silentLogger } from "../../../src/logger.js";
import { fakeClock } from "../../../src/testing/fake-clock.js";
import { type Asked, until, type VenueServer, venueServer } from "./venue-server.js";

const NOW = 1_790_000_000_000;
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Binance answers every subscription with success, also to streams that do not exist. */
const binance = ({ id }: Asked): unknown => ({ result: null, id });

const trade = (s: string, p: string, T: number, E = T) => ({
  stream: `${s.toLowerCase()}@trade`,
  data: { e: "trade", E, s, t: 12_345, p, q: "100", T, m: true, M: true },
});

const ticker = (s: string, c: string, E: number) => ({
  stream: `${s.toLowerCase()}@ticker`,
  data: { e: "24hrTicker", E, s, c, b: "99.5", B: "1", a: "100.5", A: "2", v: "1500.25", q: "9" },
});

const kline = (s: string, c: string, E: number) => ({
  stream: `${s.toLowerCase()}@kline_1m`,
  data: { e: "kline", E, s, k: { t: E, T: E + 59_999, s, i: "1m", o: "1", c, v: "3", x: false } },
});

async function setUp(
  options: BinanceOptions = {},
  answer = binance,
  http?: Parameters<typeof venueServer>[1],
) {
  const venue = await venueServer(answer, http);
  const clock = fakeClock(NOW);
  const waits: unknown[] = [];
  const warn = (fields: object) => void ("waitMs" in fields && waits.push(fields.waitMs));
  const source = binanceSource({
    ...{ url: venue.url, restUrl: venue.httpUrl, clock, random: () => 0.5 },
    logger: { ...silentLogger, warn },
    symbols: ["BTCUSDT"],
    ...options,
  });
  const seen: Tick[] = [];
  source.subscribe((tick) => seen.push(tick));
  open.push(
    () => venue.close(),
    () => source.stop(),
  );
  return { venue, clock, source, seen, waits };
}

const sent = (venue: VenueServer) => venue.asked.map(({ method, params }) => [method, params]);
const BTC = ["btcusdt@trade", "btcusdt@ticker"];

describe("binanceSource", () => {
  it("subscribes what is watched, and gives a trade what was last offered and traded", async () => {
    const { venue, source, seen } = await setUp();
    source.start();
    await until(() => venue.asked.length === 1);
    expect(sent(venue)).toEqual([["SUBSCRIBE", BTC]]);
    venue.say(ticker("BTCUSDT", "100.00", NOW - 50));
    venue.say(trade("BTCUSDT", "100.25000000", NOW - 30, NOW - 20));
    venue.say(ticker("BTCUSDT", "99.00", NOW - 10));
    venue.say(trade("ETHUSDT", "3", NOW)); // not asked for
    venue.say(trade("BTCUSDT", "101", NOW - 5));
    await until(() => seen.length === 3);
    const offered = { symbol: "BTCUSDT", volume: 1_500.25, bid: 99.5, ask: 100.5 };
    const from = { receivedAt: NOW, venue: "binance" };
    expect(seen).toEqual([
      { ...offered, ...from, price: 100, at: NOW - 50, feedAt: NOW - 50 },
      { ...offered, ...from, price: 100.25, at: NOW - 30, feedAt: NOW - 20 },
      { ...offered, ...from, price: 101, at: NOW - 5, feedAt: NOW - 5 },
    ]);
    expect(source.quotes(["BTCUSDT"])).toEqual([seen[2]]);
    expect(source.health()).toMatchObject({ connected: true, unknown: 0, malformed: 0 });
  });

  it("loses no trade that is told late, and never goes back in time", async () => {
    const { venue, source, seen } = await setUp();
    source.start();
    await until(() => venue.asked.length === 1);
    venue.say(trade("BTCUSDT", "1", NOW - 10));
    venue.say(trade("BTCUSDT", "2", NOW - 500));
    venue.say(trade("BTCUSDT", "3", NOW + 3_600_000)); // a fault of the venue
    venue.say(trade("BTCUSDT", "4", NOW));
    await until(() => seen.length === 4);
    expect(seen.map(({ price, at }) => [price, at - NOW])).toEqual([
      [1, -10],
      [2, -10],
      [3, 60_000],
      [4, 60_000],
    ]);
  });

  it("takes prices from candles when told to", async () => {
    const { venue, source, seen } = await setUp({ prices: "kline_1m" });
    source.start();
    await until(() => venue.asked.length === 1);
    expect(sent(venue)).toEqual([["SUBSCRIBE", ["btcusdt@kline_1m", "btcusdt@ticker"]]]);
    venue.say(kline("BTCUSDT", "102.5", NOW));
    await until(() => seen.length === 1);
    expect(seen[0]).toMatchObject({ price: 102.5, at: NOW });
  });

  it("counts an offer as a sign of life where nobody trades", async () => {
    const { venue, clock, source } = await setUp();
    source.start();
    await until(() => venue.asked.length === 1);
    for (const passed of [50_000, 100_000]) {
      clock.advance(50_000);
      venue.say(ticker("BTCUSDT", "100", NOW + passed));
      await until(() => source.quotes(["BTCUSDT"])[0]?.feedAt === NOW + passed);
    }
    expect(source.health().stale).toEqual([]);
    expect(source.quotes(["BTCUSDT"])[0]?.at).toBe(NOW + 50_000);
  });

  it("unsubscribes, and never sends faster than Binance allows", async () => {
    const symbols = Array.from({ length: 120 }, (_, index) => `S${index}USDT`);
    const { venue, clock, source } = await setUp({ symbols });
    source.start();
    await until(() => venue.asked.length === 1);
    source.unwatch(symbols.slice(0, 1));
    for (let asks = 1; asks < 5; asks += 1) {
      clock.advance(349);
      source.watch(["S1USDT"]);
      expect(venue.asked).toHaveLength(asks);
      clock.advance(1);
      if (asks < 4) await until(() => venue.asked.length === asks + 1);
    }
    expect(sent(venue)[1]).toEqual(["UNSUBSCRIBE", ["s0usdt@trade", "s0usdt@ticker"]]);
    const asked = venue.asked.filter(({ method }) => method === "SUBSCRIBE");
    expect(asked.map(({ params }) => (params as unknown as string[]).length)).toEqual([
      100, 100, 40,
    ]);
  });

  it("answers pings, and takes them for a sign of life", async () => {
    const { venue, clock, source } = await setUp({ symbols: [] });
    source.start();
    await until(() => venue.sockets().length === 1 && source.health().connected);
    const [socket] = venue.sockets();
    const pongs: string[] = [];
    socket?.on("pong", (payload) => pongs.push(String(payload)));
    for (let pings = 1; pings <= 4; pings += 1) {
      clock.advance(40_000);
      socket?.ping(`ping ${pings}`);
      await until(() => pongs.length === pings);
    }
    expect(pongs.at(-1)).toBe("ping 4");
    expect(source.health()).toMatchObject({ connected: true, reconnects: 0 });
    clock.advance(60_000);
    expect(source.health().connected).toBe(false);
  });

  it("comes back when Binance hangs up after 24 hours, and subscribes everything again", async () => {
    const { venue, clock, source, seen, waits } = await setUp();
    source.start();
    await until(() => venue.asked.length === 1);
    for (const socket of venue.sockets()) socket.close(1000);
    await until(() => waits.length === 1);
    clock.advance(250);
    await until(() => venue.asked.length === 2);
    expect(sent(venue)).toEqual([
      ["SUBSCRIBE", BTC],
      ["SUBSCRIBE", BTC],
    ]);
    venue.say(trade("BTCUSDT", "7", clock.now()));
    await until(() => seen.length === 1);
  });

  it("changes the connection itself before the 24 hours are over, and when told to", async () => {
    const { venue, clock, source, waits } = await setUp({ symbols: [], silenceMs: 1e9 });
    source.start();
    await until(() => source.health().connected);
    clock.advance(86_400_000 - 600_001);
    expect(waits).toEqual([]);
    clock.advance(1);
    expect(waits).toEqual([250]);
    clock.advance(250);
    await until(() => venue.sockets().length === 1 && source.health().connected);
    venue.say({ event: { e: "serverShutdown", E: NOW } });
    await until(() => waits.length === 2);
    clock.advance(500);
    await until(() => source.health().connected);
    expect(source.health().reconnects).toBe(2);
  });

  it("finds the request that is refused, and goes on with the rest", async () => {
    const bad = "WRONG";
    const { venue, clock, source, seen } = await setUp({ symbols: [bad, "BTCUSDT"] }, (asked) => {
      const { id, params } = asked;
      const refused = (params as unknown as string[]).some((name) => name.startsWith("wrong"));
      return refused ? { error: { code: 2, msg: "Invalid request" }, id } : { result: null, id };
    });
    source.start();
    await until(() => source.health().refused === 1);
    clock.advance(350);
    await until(() => venue.asked.length === 2);
    clock.advance(350);
    await until(() => source.health().refused === 2);
    clock.advance(10_000);
    venue.say(trade("BTCUSDT", "7", clock.now()));
    await until(() => seen.length === 1);
    expect(venue.asked).toHaveLength(3);
  });

  it("survives broken frames and refusals to nobody, and counts them", async () => {
    const { venue, source, seen } = await setUp();
    source.start();
    await until(() => venue.asked.length === 1);
    venue.sayText("{");
    venue.say({ stream: "x", data: { e: "trade", s: "BTCUSDT", p: "abc" } });
    venue.say({ stream: "x", data: { e: "avgPrice" } });
    venue.say({ code: 3, msg: "Invalid JSON: expected value at line 1 column 1" });
    venue.say(trade("BTCUSDT", "7", NOW));
    await until(() => seen.length === 1);
    expect(source.health()).toMatchObject({ malformed: 2, unknown: 1, refused: 1 });
  });

  it("says that a symbol in small letters is stale, and does not ask for it", async () => {
    const { venue, clock, source } = await setUp({ symbols: ["btcusdt", "", "A@B"] });
    source.start();
    await until(() => source.health().connected);
    clock.advance(50_000);
    venue.say({ nothing: true });
    await until(() => source.health().unknown === 1);
    clock.advance(11_000);
    expect(source.health()).toMatchObject({ stale: ["btcusdt", "", "A@B"], connected: true });
    expect(venue.asked).toEqual([]);
  });
});

describe("the candles of Binance", () => {
  const row = [
    1_499_040_000_000,
    "0.0163",
    "0.8",
    "0.0157",
    "0.0158",
    "148976.1",
    1,
    "2",
    308,
    "1",
  ];
  const candle = {
    at: row[0],
    open: 0.0163,
    high: 0.8,
    low: 0.0157,
    close: 0.0158,
    volume: 148_976.1,
  };

  it("are asked for over HTTP", async () => {
    const urls: (string | undefined)[] = [];
    const { source } = await setUp({}, binance, (request, response) => {
      urls.push(request.url);
      response.end(JSON.stringify([row]));
    });
    expect(await source.candles("BTCUSDT", { interval: "1m" })).toEqual([candle]);
    await source.candles("BTCUSDT", { interval: "1d", from: 5, to: 9, limit: 10_000 });
    expect(urls).toEqual([
      "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=500",
      "/api/v3/klines?symbol=BTCUSDT&interval=1d&limit=1000&startTime=5&endTime=9",
    ]);
  });

  it.each([
    [429, { retryable: true, retryAfterMs: 3_000 }],
    [418, { retryable: true, retryAfterMs: 3_000 }],
    [503, { retryable: true }],
    [400, { retryable: false }],
  ])("are refused with status %i", async (status, expected) => {
    const { source } = await setUp({}, binance, (_request, response) => {
      response.writeHead(status, status < 500 && status !== 400 ? { "retry-after": "3" } : {});
      response.end('{"code":-1121,"msg":"Invalid symbol."}');
    });
    const candles = source.candles("BTCUSDT", { interval: "1m" });
    await expect(candles).rejects.toMatchObject({
      name: "FeedError",
      venue: "binance",
      ...expected,
    });
  });

  it.each(["", "{}", '[["a"]]', '[[1,"-1","1","1","1","1"]]'])(
    "are refused when they are %s",
    async (body) => {
      const { source } = await setUp({}, binance, (_request, response) => void response.end(body));
      const candles = source.candles("BTCUSDT", { interval: "1m" });
      await expect(candles).rejects.toMatchObject({ name: "FeedError", retryable: false });
    },
  );

  it("can be asked for again when nobody answered", async () => {
    const { venue, source } = await setUp();
    await venue.close();
    const candles = source.candles("BTCUSDT", { interval: "1m" });
    await expect(candles).rejects.toMatchObject({ name: "FeedError", retryable: true });
  });
});
