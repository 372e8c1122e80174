import { openSqlite, sqliteHistoryStore } from "@tocsin/server-kit/sqlite";
import { describe, expect, it } from "vitest";
import { historyOf } from "./history.js";

const LOG = { mode: "log", size: 10, ttlMs: 1_000_000 } as const;
const entry = (data: unknown) => ({ data, timestamp: 0 });

function setUp() {
  const db = openSqlite(":memory:");
  /** A start of the process: the memory is new, the file is not. */
  const start = () => historyOf(sqliteHistoryStore(db, { now: () => 0 }), () => 0);
  const kept = async (channel: string) => {
    const page = await start().read(channel);
    return page.entries.map(({ data }) => data);
  };
  return { db, start, kept };
}

describe("historyOf", () => {
  it("keeps alerts and news over a restart, and prices until then", async () => {
    const { db, start, kept } = setUp();
    const history = start();
    for (const channel of ["alerts:ada", "news"]) await history.append(channel, entry(1), LOG);
    await history.append("stock:SPX", entry(1), { mode: "latest" });
    expect((await history.read("stock:SPX")).entries).toHaveLength(1);
    expect(await kept("alerts:ada")).toEqual([1]);
    expect(await kept("news")).toEqual([1]);
    expect(await kept("stock:SPX")).toEqual([]);
    db.close();
  });

  it("takes what is told under one key once, news over a restart too", async () => {
    const { db, start, kept } = setUp();
    const once = { key: "gap-SPX", ttlMs: 1_000 };
    for (const history of [start(), start()]) {
      await history.appendOnce?.("news", entry("gap"), LOG, once);
    }
    expect(await kept("news")).toEqual(["gap"]);
    const history = start();
    const first = await history.appendOnce?.("stock:SPX", entry(1), LOG, once);
    const second = await history.appendOnce?.("stock:SPX", entry(2), LOG, once);
    expect(second).toEqual({ ...first, duplicate: true });
    expect((await history.read("stock:SPX")).entries).toHaveLength(1);
    db.close();
  });
});
