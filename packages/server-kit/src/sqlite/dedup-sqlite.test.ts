import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../test/support/temporary-directory.js";
import { describeDedupStore } from "../testing/dedup-contract.js";
import { fakeClock } from "../testing/fake-clock.js";
import { sqliteDedupStore } from "./dedup-sqlite.js";
import { openSqlite } from "./open-sqlite.js";

describeDedupStore("SQLite", async () => {
  const clock = fakeClock();
  const directory = temporaryDirectory();
  const file = join(directory.path, "dedup.db");
  let db = openSqlite(file);
  const store = sqliteDedupStore(db, { now: clock.now });
  return {
    store,
    advance: async (ms) => clock.advance(ms),
    async restart() {
      db.close();
      db = openSqlite(file);
      return sqliteDedupStore(db, { now: clock.now });
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      db.close();
      directory[Symbol.dispose]();
    },
  };
});

it("lets one of two processes on one file win each key", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "dedup.db");
  const connections = [openSqlite(file), openSqlite(file)];
  const [a, b] = connections.map((db) => sqliteDedupStore(db));
  const keys = Array.from({ length: 100 }, (_, index) => `key ${index}`);
  const claims = await Promise.all(
    keys.flatMap((key) => [a?.claim(key, 60_000), b?.claim(key, 60_000)]),
  );
  expect(claims.filter((claim) => claim?.won)).toHaveLength(100);
  for (const db of connections) db.close();
});

it("clears expired keys away while it takes new ones", async () => {
  const clock = fakeClock();
  const db = openSqlite(":memory:");
  const store = sqliteDedupStore(db, { now: clock.now });
  for (let index = 0; index < 200; index += 1) await store.claim(`old ${index}`, 1_000);
  clock.advance(1_000);
  for (let index = 0; index < 100; index += 1) await store.claim(`new ${index}`, 1_000);
  expect(db.prepare("SELECT count(*) AS n FROM tocsin_dedup").all()).toEqual([{ n: 100 }]);
  db.close();
});
