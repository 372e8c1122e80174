import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkHistoryAgainstModel } from "../../test/support/history-model.js";
import { temporaryDirectory } from "../../test/support/temporary-directory.js";
import type { Keep } from "../store/history-store.js";
import { fakeClock } from "../testing/fake-clock.js";
import { describeHistoryStore } from "../testing/history-contract.js";
import { UnstorableDataError } from "./errors.js";
import { sqliteHistoryStore } from "./history-sqlite.js";
import { openSqlite } from "./open-sqlite.js";

const LOG: Keep = { mode: "log", size: 100, ttlMs: 60_000 };

describeHistoryStore(
  "SQLite",
  async () => {
    const clock = fakeClock();
    const directory = temporaryDirectory();
    const file = join(directory.path, "history.db");
    let db = openSqlite(file);
    const store = sqliteHistoryStore(db, { now: clock.now });
    return {
      store,
      now: clock.now,
      advance: async (ms) => clock.advance(ms),
      async restart() {
        db.close();
        db = openSqlite(file);
        return sqliteHistoryStore(db, { now: clock.now });
      },
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        db.close();
        directory[Symbol.dispose]();
      },
    };
  },
  { appendsOnce: true },
);

describe("sqliteHistoryStore", () => {
  it("does what a naive model does, over random histories", async () => {
    const db = openSqlite(":memory:");
    await checkHistoryAgainstModel(
      async () => {
        const clock = fakeClock();
        const store = sqliteHistoryStore(db, { now: clock.now });
        for (const table of ["tocsin_channels", "tocsin_entries", "tocsin_rows", "tocsin_dedup"]) {
          db.exec(`DELETE FROM ${table}`);
        }
        return { store, now: clock.now, advance: async (ms) => clock.advance(ms) };
      },
      { numRuns: 50 },
    );
    db.close();
  });

  it("says how safe a commit is on the connection it was given", () => {
    using directory = temporaryDirectory();
    const db = openSqlite(join(directory.path, "history.db"));
    expect(sqliteHistoryStore(db).durability).toBe("power-loss");
    db.exec("PRAGMA synchronous = NORMAL");
    expect(sqliteHistoryStore(db).durability).toBe("process-crash");
    db.close();
    expect(sqliteHistoryStore(openSqlite(":memory:")).durability).toBe("none");
  });

  it("lets two processes on one file number the same channel without a clash", async () => {
    using directory = temporaryDirectory();
    const file = join(directory.path, "history.db");
    const connections = [openSqlite(file), openSqlite(file)];
    const stores = connections.map((db) => sqliteHistoryStore(db));
    const appends = Array.from({ length: 100 }, (_, index) =>
      stores[index % 2]?.append("a:1", { data: index, timestamp: Date.now() }, LOG),
    );
    const positions = await Promise.all(appends);
    expect(new Set(positions.map((position) => position?.offset)).size).toBe(100);
    expect(new Set(positions.map((position) => position?.epoch)).size).toBe(1);
    for (const db of connections) db.close();
  });

  it("clears expired events of channels that nobody writes to any more", async () => {
    const clock = fakeClock();
    const db = openSqlite(":memory:");
    const store = sqliteHistoryStore(db, { now: clock.now });
    const write = (channel: string) =>
      store.append(channel, { data: "x", timestamp: clock.now() }, { ...LOG, ttlMs: 1_000 });
    for (let index = 0; index < 5; index += 1) await write(`quiet:${index}`);
    clock.advance(1_000);
    for (let index = 0; index < 200; index += 1) await write("busy:1");
    expect(db.prepare("SELECT count(*) AS n FROM tocsin_entries").all()).toEqual([{ n: 100 }]);
    db.close();
  });

  it("refuses data without a JSON form and names the channel", async () => {
    const db = openSqlite(":memory:");
    const store = sqliteHistoryStore(db);
    const append = store.append("a:1", { data: 1n, timestamp: 1 }, LOG);
    await expect(append).rejects.toThrow(UnstorableDataError);
    await expect(append).rejects.toThrow(/channel "a:1".*JSON/);
    expect((await store.read("a:1")).offset).toBe(0);
    db.close();
  });
});
