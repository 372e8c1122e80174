import pg from "pg";
import { afterAll, beforeAll, describe, it } from "vitest";
import {
  migratePostgres,
  openPostgres,
  type Postgres,
  postgresBroker,
  postgresDedupStore,
  postgresHistoryStore,
  postgresPresenceStore,
} from "../../../src/postgres/index.js";
import {
  describeBroker,
  describeDedupStore,
  describeHistoryStore,
  describePresenceStore,
  fakeClock,
} from "../../../src/testing/index.js";
import { checkHistoryAgainstModel } from "../../support/history-model.js";
import { type PostgresServer, startPostgres } from "../../support/postgres.js";

/** Long, for the machine may be busy; what a timeout does is tested elsewhere. */
const timeoutMs = 20_000;

let server: PostgresServer;
let pool: pg.Pool;
let postgres: Postgres;

/** The tests of a suite want an empty store each. Emptying tables takes a tenth of the time of making them. */
async function emptied(): Promise<Postgres> {
  const tables = ["channels", "entries", "rows", "once", "claims", "members", "payloads"];
  await pool.query(tables.map((table) => `DELETE FROM tocsin.${table}`).join("; "));
  return postgres;
}

beforeAll(async () => {
  // What survives a crash is tested elsewhere; here the disk would be waited for a thousand times.
  server = await startPostgres(["fsync=off"]);
  pool = new pg.Pool({ connectionString: await server.database(), max: 8 });
  await migratePostgres(pool);
  postgres = await openPostgres({ pool, timeoutMs });
});

afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  await pool.end();
  await server[Symbol.asyncDispose]();
});

describeHistoryStore(
  "PostgreSQL",
  async () => {
    const clock = fakeClock();
    await emptied();
    const open = () => postgresHistoryStore(postgres, { now: clock.now });
    const store = open();
    return {
      store,
      now: clock.now,
      advance: async (ms) => clock.advance(ms),
      restart: async () => open(),
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
      },
    };
  },
  { appendsOnce: true },
);

describeDedupStore("PostgreSQL", async () => {
  const clock = fakeClock();
  await emptied();
  const open = () => postgresDedupStore(postgres, { now: clock.now });
  return {
    store: open(),
    advance: async (ms) => clock.advance(ms),
    restart: async () => open(),
    async [Symbol.asyncDispose]() {},
  };
});

describePresenceStore("PostgreSQL", async () => {
  const clock = fakeClock();
  await emptied();
  const store = postgresPresenceStore(postgres, { now: clock.now });
  return {
    store,
    advance: async (ms) => clock.advance(ms),
    async [Symbol.asyncDispose]() {},
  };
});

describeBroker("PostgreSQL", async () => {
  await emptied();
  const [a, b] = [postgresBroker(postgres), postgresBroker(postgres)];
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  };
});

describe("postgresHistoryStore", () => {
  it("does what a naive model does, over random histories", async () => {
    await checkHistoryAgainstModel(
      async () => {
        const clock = fakeClock();
        const store = postgresHistoryStore(await emptied(), { now: clock.now });
        return { store, now: clock.now, advance: async (ms) => clock.advance(ms) };
      },
      { numRuns: 30 },
    );
  });
});
