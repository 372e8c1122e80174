import { newMonitor } from "@tocsin/protocol/alerts";
import { type AlertTables, kyselyAlertStore, migrateAlerts } from "@tocsin/server-kit/alerts";
import { openSqlite } from "@tocsin/server-kit/sqlite";
import { Kysely, SqliteDialect } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import { createBook } from "../market/book.js";
import { INDEX, SHARES } from "../market/instruments.js";
import { houseStrategies } from "../market/strategies.js";
import { ownStrategy, strategyMembers, strategyOwner } from "./strategy-members.js";

const DAY = 86_400_000;

/** A book with daily bars: price and volume of each day. */
function bookOf(
  symbol: string,
  days: readonly (readonly [price: number, volume: number])[],
  step = DAY,
) {
  const book = createBook([INDEX, ...SHARES]);
  for (const [index, [price, volume]] of days.entries()) {
    book.take({ symbol, price, volume, at: index * step });
  }
  return book;
}

const days = (count: number, price: number, volume: number) =>
  Array.from({ length: count }, () => [price, volume] as const);

const membersOf = (name: string, book: ReturnType<typeof createBook>) =>
  houseStrategies(book)
    .find((one) => one.name === name)
    ?.members();

describe("the strategies of the house", () => {
  it("volume_wave holds what has traded more today than the mean of 20 sessions, and says so", () => {
    const quiet = bookOf("SPX", days(21, 10, 100));
    expect(membersOf("volume_wave", quiet)).toEqual([]);
    const loud = bookOf("SPX", [...days(20, 10, 100), [10, 250]]);
    expect(membersOf("volume_wave", loud)).toEqual([
      { symbol: "SPX", reason: "traded 2.50 times the mean of 20 sessions" },
    ]);
  });

  it("momentum holds what has risen by 3 percent in 20 sessions", () => {
    expect(membersOf("momentum", bookOf("SPX", [...days(20, 100, 1), [102.9, 1]]))).toEqual([]);
    expect(membersOf("momentum", bookOf("SPX", [...days(20, 100, 1), [104, 1]]))).toEqual([
      { symbol: "SPX", reason: "up 4.0 % in 20 sessions" },
    ]);
  });

  it("hold nothing that has too short a past, or one price a month", () => {
    const rising = [...days(20, 100, 1), [200, 9] as const];
    for (const name of ["volume_wave", "momentum"]) {
      expect(membersOf(name, bookOf("SPX", rising.slice(1)))).toEqual([]);
      expect(membersOf(name, bookOf("IBM", rising, 30 * DAY))).toEqual([]);
    }
  });
});

describe("strategyMembers", () => {
  const opened: Kysely<AlertTables>[] = [];
  afterEach(async () => {
    for (const db of opened.splice(0)) await db.destroy();
  });

  async function setUp() {
    const db = new Kysely<AlertTables>({
      dialect: new SqliteDialect({ database: openSqlite(":memory:") }),
    });
    opened.push(db);
    await migrateAlerts(db);
    const store = kyselyAlertStore(db);
    const house = houseStrategies(bookOf("SPX", [...days(20, 100, 1), [110, 1]]));
    return { store, members: strategyMembers(store, house) };
  }

  it("finds those of the house by their rule, and a user's own by its monitors, each symbol once", async () => {
    const { store, members } = await setUp();
    const { id: strategyId } = await store.createStrategy("ada", { name: "my swings", note: "" });
    const rules = [{ kind: "take-profit" as const, price: 5 }];
    for (const symbol of ["SPX", "IBM", "SPX"]) {
      await store.createMonitor("ada", newMonitor.parse({ symbol, rules, strategyId }), null);
    }
    await store.createMonitor("ada", newMonitor.parse({ symbol: "GOOG", rules }), null);
    expect(await members("momentum")).toEqual(["SPX"]);
    expect(await members(ownStrategy("ada", "my swings"))).toEqual(["SPX", "IBM"]);
  });

  it("finds nothing where there is no such strategy, or it is another user's", async () => {
    const { store, members } = await setUp();
    await store.createStrategy("ada", { name: "momentum", note: "" });
    expect(await members("ada~nothing")).toBeUndefined();
    expect(await members("bob~momentum")).toBeUndefined();
    expect(await members("nothing")).toBeUndefined();
    expect(await members("ada~momentum")).toEqual([]);
  });

  it("reads the owner before the first ~, as names of users have none", () => {
    expect(strategyOwner("momentum")).toEqual({ name: "momentum" });
    expect(strategyOwner("ada~a~b")).toEqual({ owner: "ada", name: "a~b" });
  });
});
