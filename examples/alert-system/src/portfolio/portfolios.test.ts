import { openSqlite } from "@tocsin/server-kit/sqlite";
import { fakeClock } from "@tocsin/server-kit/testing";
import { Kysely, SqliteDialect } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import { createBook } from "../market/book.js";
import { INDEX, SHARES } from "../market/instruments.js";
import { createChains } from "../options/chains.js";
import { type HoldingTables, migrateHoldings } from "./migrations.js";
import { createPortfolios, UnknownInstrumentError } from "./portfolios.js";
import { valued } from "./valuation.js";

const DAY = 86_400_000;
const NOON = Date.UTC(2008, 8, 2, 16);
const CALL = "SPX-17OCT08-1280-C";

const opened: Kysely<HoldingTables>[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy();
});

async function setUp() {
  const db = new Kysely<HoldingTables>({
    dialect: new SqliteDialect({ database: openSqlite(":memory:") }),
  });
  opened.push(db);
  await migrateHoldings(db);
  const book = createBook([INDEX, ...SHARES]);
  const chains = createChains(book, fakeClock());
  const take = (symbol: string, price: number, at: number) =>
    book.take({ symbol, price, at, volume: 0 });
  take("SPX", 1_270, NOON - DAY);
  take("SPX", 1_280, NOON);
  const options = { db, book, chains, marketTime: () => NOON };
  return { db, book, chains, take, options, portfolios: createPortfolios(options) };
}

describe("createPortfolios", () => {
  it("keeps what a user holds, in its order, over a restart and for nobody else", async () => {
    const { portfolios, options } = await setUp();
    const holdings = [
      { instrument: "SPX", quantity: 2, cost: 1_200 },
      { instrument: CALL, quantity: -3, cost: 40 },
      { instrument: "SPX", quantity: 1, cost: 1_000.5 },
    ];
    await portfolios.hold("ada", holdings);
    expect(await createPortfolios(options).holdings("ada")).toEqual(holdings);
    expect(await portfolios.holdings("bob")).toEqual([]);
    await portfolios.hold("ada", []);
    expect(await portfolios.holdings("ada")).toEqual([]);
  });

  it("refuses what has no price here, names its place, and changes nothing", async () => {
    const { portfolios } = await setUp();
    const first = [{ instrument: "SPX", quantity: 1, cost: 1 }];
    await portfolios.hold("ada", first);
    const wrong = [...first, { instrument: "TULIP", quantity: 1, cost: 1 }];
    const holding = portfolios.hold("ada", wrong);
    await expect(holding).rejects.toThrow(UnknownInstrumentError);
    await expect(holding).rejects.toMatchObject({ field: "holdings.1.instrument" });
    expect(await portfolios.holdings("ada")).toEqual(first);
  });

  it("brings its table up to date as often as it is asked to", async () => {
    const { db } = await setUp();
    await expect(migrateHoldings(db)).resolves.toBeUndefined();
  });
});

describe("valued", () => {
  it("values shares: worth, profit, and profit since the last close; short ones the other way", async () => {
    const { book, chains } = await setUp();
    const portfolio = valued(
      [
        { instrument: "SPX", quantity: 2, cost: 1_200 },
        { instrument: "SPX", quantity: -1, cost: 1_300 },
      ],
      { book, chains },
      NOON,
    );
    expect(portfolio).toMatchObject({ value: 1_280, profit: 180, dayProfit: 10 });
    expect(portfolio.positions[0]).toMatchObject({
      price: 1_280,
      value: 2_560,
      profit: 160,
      profitPercent: 6.67,
      greeks: null,
    });
    expect(portfolio.positions[1]).toMatchObject({
      value: -1_280,
      profit: 20,
      profitPercent: 1.54,
    });
    expect(portfolio.greeks).toMatchObject({ delta: 1, gamma: 0 });
  });

  it("adds the Greeks of options to the deltas of shares", async () => {
    const { book, chains } = await setUp();
    const row = chains.row(CALL);
    const portfolio = valued(
      [
        { instrument: "SPX", quantity: 1, cost: 1_280 },
        { instrument: CALL, quantity: -2, cost: 40 },
      ],
      { book, chains },
      NOON,
    );
    const { delta = 0, vega = 0 } = row?.greeks ?? {};
    expect(portfolio.greeks.delta).toBeCloseTo(1 - 2 * delta, 3);
    expect(portfolio.greeks.vega).toBeCloseTo(-2 * vega, 3);
    expect(portfolio.dayProfit).toBeCloseTo(10 - 2 * (chains.dayChange(CALL) ?? 0), 1);
  });

  it("counts nothing for what has no price", async () => {
    const { book, chains } = await setUp();
    const portfolio = valued(
      [{ instrument: "AAPL", quantity: 5, cost: 9 }],
      { book, chains },
      NOON,
    );
    expect(portfolio).toMatchObject({ value: 0, profit: 0, dayProfit: 0 });
    expect(portfolio.positions).toMatchObject([{ price: null, value: null, profit: null }]);
  });
});
