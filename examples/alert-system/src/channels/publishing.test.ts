import type { ChannelRef } from "@tocsin/protocol";
import { silentLogger } from "@tocsin/server-kit";
import { fakeClock, settled } from "@tocsin/server-kit/testing";
import { market } from "@tocsin-example/alert-contract";
import { describe, expect, it } from "vitest";
import { createBook } from "../market/book.js";
import { INDEX, SHARES } from "../market/instruments.js";
import { createChains } from "../options/chains.js";
import { createPublishing } from "./publishing.js";

const NOON = Date.UTC(2008, 8, 2, 16);
const CLOSED_AT = NOON + 6 * 3_600_000;

function setUp() {
  const clock = fakeClock();
  const book = createBook([INDEX, ...SHARES]);
  const said: [channel: string, data: unknown][] = [];
  const readers = new Set<string>();
  const members = new Map([["swing", ["SPX"]]]);
  const state = { ticks: 0, broken: false, stale: [] as string[], value: 1 };
  const say = async (channel: string, data: unknown) => {
    if (state.broken) throw new Error("no hub");
    said.push([channel, data]);
    return { epoch: "e", offset: 1, duplicate: false };
  };
  const publishing = createPublishing({
    hub: {
      publish: (ref: ChannelRef, data: unknown) => say(ref.name, data),
      remove: (ref: ChannelRef, key: string | number) => say(ref.name, `-${key}`),
      subscriptions: {
        hasSubscribers: (channel) => readers.has(channel),
        activeChannels: () => readers,
      },
    },
    book,
    chains: createChains(book, clock),
    portfolios: {
      portfolio: async () => ({
        at: clock.now(),
        positions: [],
        value: state.value,
        profit: 0,
        dayProfit: 0,
        greeks: { delta: 0, gamma: 0, theta: 0, vega: 0, rho: 0 },
      }),
    },
    members: async (name) => members.get(name),
    status: () => ({
      running: true,
      speed: 1,
      marketTime: null,
      ticks: state.ticks,
      fired: 0,
      suppressed: 0,
      ended: false,
      range: null,
      stale: [...state.stale],
    }),
    isOpen: (_symbol, at) => at < CLOSED_AT,
    clock,
    logger: silentLogger,
  });
  const take = (price: number, at = NOON + price, symbol = "SPX") => {
    book.take({ symbol, price, at, volume: 0 });
    publishing.changed(symbol);
  };
  const read = async (ref: ChannelRef) => {
    await publishing.prepare(ref);
    readers.add(ref.name);
  };
  const on = (channel: string) =>
    said.filter(([name]) => name === channel).map(([, data]) => data as { price?: number });
  const round = async (ms = 200) => {
    clock.advance(ms);
    await settled();
  };
  return { clock, said, state, readers, members, publishing, take, read, on, round };
}

describe("createPublishing", () => {
  it("publishes the newest price of a symbol once a round, however many ticks there were", async () => {
    const { take, read, on, round } = setUp();
    take(1);
    await read(market.price({ code: "SPX" }));
    await read(market.board({ board: "all" }));
    for (const price of [2, 3, 4]) take(price);
    await round();
    await round();
    expect(on("stock:SPX").map(({ price }) => price)).toEqual([1, 4]);
    expect(on("market:all").map(({ price }) => price)).toEqual([1, 4]);
  });

  it("publishes no price that nobody reads", async () => {
    const { take, publishing, said } = setUp();
    take(1);
    await publishing.flush();
    expect(said.map(([channel]) => channel)).toEqual(["service"]);
  });

  it("gives whoever comes later the price of now, not the one when somebody last looked", async () => {
    const { take, read, readers, on, publishing } = setUp();
    take(1);
    await read(market.board({ board: "index" }));
    readers.clear();
    take(2);
    await publishing.flush();
    await read(market.board({ board: "index" }));
    expect(on("market:index").map(({ price }) => price)).toEqual([1, 2]);
  });

  it("lets a price of closed hours not be shown, but that a feed is silent at any time", async () => {
    const { take, read, on, state, round } = setUp();
    take(1);
    await read(market.price({ code: "SPX" }));
    take(2, CLOSED_AT + 1);
    await round();
    expect(on("stock:SPX")).toHaveLength(1);
    take(3, CLOSED_AT + 2, "IBM");
    await read(market.price({ code: "IBM" }));
    expect(on("stock:IBM")).toHaveLength(1); // its last price is all there is
    state.stale = ["IBM"];
    await round();
    expect(on("stock:IBM").at(-1)).toMatchObject({ price: 3, stale: true });
  });

  it("follows the members of a strategy as they come and go", async () => {
    const { take, read, members, on, round } = setUp();
    take(1);
    take(50, NOON, "IBM");
    await read(market.strategy({ name: "swing" }));
    members.set("swing", ["IBM"]);
    await round(1_000);
    await round();
    expect(on("strategy:swing")).toMatchObject([{ price: 1 }, "-SPX", { price: 50 }]);
    members.delete("swing"); // its owner deleted it
    await round(1_000);
    await round();
    expect(on("strategy:swing").at(-1)).toBe("-IBM");
  });

  it("pushes a strategy's prices by hand, and knows when there is none", async () => {
    const { take, publishing, on } = setUp();
    take(1);
    expect(await publishing.push("swing")).toBe(1);
    expect(await publishing.push("swing")).toBe(1);
    expect(on("strategy:swing")).toHaveLength(2);
    expect(await publishing.push("nothing")).toBeUndefined();
  });

  it("publishes bars, the one under way again when it has changed", async () => {
    const { take, read, on, round } = setUp();
    take(1, NOON);
    await read(market.candles({ code: "SPX", interval: "1m" }));
    take(2, NOON + 1);
    take(3, NOON + 60_000);
    await round();
    expect(on("candles:SPX:1m")).toMatchObject([
      { time: String(NOON), close: 1 },
      { time: String(NOON), close: 2 },
      { time: String(NOON + 60_000), close: 3 },
    ]);
  });

  it("publishes a chain each ten seconds and takes out strikes the price has left behind", async () => {
    const { take, read, on, round } = setUp();
    take(1_000);
    await read(market.chain({ underlying: "SPX" }));
    expect(on("options_chain:SPX")).toHaveLength(66);
    take(2_000);
    for (let times = 0; times < 49; times += 1) await round();
    expect(on("options_chain:SPX")).toHaveLength(66);
    await round();
    expect(on("options_chain:SPX").filter((data) => typeof data === "string")).toHaveLength(66);
  });

  it("publishes the overview each five seconds, while something is traded", async () => {
    const { take, on, round } = setUp();
    take(1);
    await round(5_000);
    take(2, CLOSED_AT + 1);
    await round(5_000);
    expect(on("market_data")).toMatchObject([{ symbols: 1 }]);
  });

  it("values a portfolio while its owner looks, and tells when it is worth something else", async () => {
    const { read, readers, on, state, round } = setUp();
    await read(market.portfolio({ userId: "ada" }));
    await round();
    state.value = 2;
    await round();
    readers.clear();
    state.value = 3;
    await round();
    expect(on("portfolio:ada")).toMatchObject([{ value: 1 }, { value: 2 }]);
  });

  it("publishes what the service is doing when it changes", async () => {
    const { on, state, round } = setUp();
    await round();
    await round();
    expect(on("service")).toHaveLength(1);
    state.ticks += 1;
    await round();
    expect(on("service")).toHaveLength(2);
  });

  it("survives a failure and goes on with newer values", async () => {
    const { take, read, state, on, publishing, round } = setUp();
    take(1);
    await read(market.board({ board: "all" }));
    state.broken = true;
    take(2);
    await round();
    await publishing.flush();
    state.broken = false;
    take(3);
    await round();
    expect(on("market:all").at(-1)).toMatchObject({ price: 3 });
  });

  it("empties a table that nobody has read for a while, and fills it for the next reader", async () => {
    const { take, read, readers, on, round } = setUp();
    take(1);
    await read(market.board({ board: "all" }));
    readers.clear();
    for (let seconds = 0; seconds < 40; seconds += 1) await round(1_000);
    expect(on("market:all")).toMatchObject([{ price: 1 }, "-SPX"]);
    await read(market.board({ board: "all" }));
    expect(on("market:all").at(-1)).toMatchObject({ price: 1 });
  });

  it("goes by its clock until it is closed", () => {
    const { publishing, clock } = setUp();
    expect(clock.pending).toBe(4);
    publishing.close();
    expect(clock.pending).toBe(0);
  });
});
