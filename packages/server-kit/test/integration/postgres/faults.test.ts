import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  migratePostgres,
  openPostgres,
  PostgresRefusedError,
  PostgresSettingsError,
  PostgresUnavailableError,
  postgresBroker,
  postgresDedupStore,
  postgresHistoryStore,
} from "../../../src/postgres/index.js";
import type { BrokerState } from "../../../src/store/broker.js";
import type { ChannelEvent } from "../../../src/store/event.js";
import { fakeClock } from "../../../src/testing/index.js";
import { entry, LOG, losesNothingAcknowledged } from "../../support/kill-case.js";
import { type PostgresServer, startPostgres } from "../../support/postgres.js";
import { cuttableLine } from "../../support/redis.js";

const soon = { timeout: 20_000, interval: 20 };

let server: PostgresServer;
let url: string;

beforeAll(async () => {
  server = await startPostgres();
  url = await server.database();
  const pool = new pg.Pool({ connectionString: url });
  // Nodes that start at the same time, each with its own wish to make the tables.
  await Promise.all([migratePostgres(pool), migratePostgres(pool), migratePostgres(pool)]);
  await pool.end();
});

afterAll(() => server[Symbol.asyncDispose]());

/** One process of an application. */
async function openNode({
  at = url,
  timeoutMs = 10_000,
  synchronousStandbys = false,
}: {
  at?: string;
  timeoutMs?: number;
  synchronousStandbys?: boolean;
} = {}) {
  const pool = new pg.Pool({ connectionString: at, max: 4 });
  const postgres = await openPostgres({ pool, timeoutMs, synchronousStandbys });
  const history = postgresHistoryStore(postgres);
  const broker = postgresBroker(postgres);
  const events: ChannelEvent[] = [];
  const states: BrokerState["is"][] = [];
  broker.onEvent((event) => events.push(event));
  broker.onState(({ is }) => states.push(is));
  const query = async (text: string) => (await pool.query(text)).rows;
  return {
    ...{ pool, postgres, history, broker, events, states, query },
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]();
      await history[Symbol.asyncDispose]();
      await postgres[Symbol.asyncDispose]();
      await pool.end();
    },
  };
}

const event = (channel: string, offset: number, data: unknown): ChannelEvent => ({
  ...{ channel, offset, data, mode: "log", epoch: "e", timestamp: 1 },
});

describe("a PostgreSQL that is killed and started again", () => {
  it("has every acknowledged append, under the same epoch, and brings events again", async () => {
    await using node = await openNode();
    await node.broker.subscribe("kill:1");
    expect(node.postgres.durability).toBe("power-loss");
    const { history, postgres } = node;
    await losesNothingAcknowledged("kill:1", { history, server, ping: postgres.ping });
    await vi.waitFor(() => expect(node.states.at(-1)).toBe("up"), soon);
    expect(node.states[0]).toBe("down");
    await node.broker.publish(event("kill:1", 1, "after"));
    await vi.waitFor(() => expect(node.events).toMatchObject([{ data: "after" }]), soon);
  });

  it("has a new epoch on another timeline, where the last events may be missing", async () => {
    const positions: Record<string, string> = {};
    for (const synchronousStandbys of [false, true]) {
      await using node = await openNode({ synchronousStandbys });
      const { epoch } = await node.history.append("timeline:1", entry(1), LOG);
      positions[String(synchronousStandbys)] = epoch;
    }
    {
      await using node = await openNode();
      const [row] = await node.query("SHOW data_directory");
      await server.kill();
      // Started as a standby and made a primary: what a failover does to the one that takes over.
      writeFileSync(join(row.data_directory, "standby.signal"), "", { mode: 0o666 });
      await server.start();
      await node.query("SELECT pg_promote()");
    }
    for (const synchronousStandbys of [false, true]) {
      await using node = await openNode({ synchronousStandbys });
      const page = await node.history.read("timeline:1");
      expect(page.epoch === positions[String(synchronousStandbys)]).toBe(synchronousStandbys);
      expect(page.offset).toBe(2);
    }
  });
});

describe("a connection that listens and is lost", () => {
  it("is replaced, says so, and what was missed is not brought", async () => {
    await using node = await openNode();
    for (const channel of ["cut:1", "cut:2"]) await node.broker.subscribe(channel);
    await node.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'",
    );
    await vi.waitFor(() => expect(node.states).toEqual(["down", "up"]), soon);
    for (const channel of ["cut:1", "cut:2"]) await node.broker.publish(event(channel, 1, "x"));
    await vi.waitFor(() => expect(node.events).toHaveLength(2), soon);
  });

  it("says so when a long event could not be fetched, though it stands", async () => {
    await using node = await openNode();
    await node.broker.subscribe("gone:1");
    await node.query(
      `CREATE FUNCTION tocsin.lose() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN DELETE FROM tocsin.payloads WHERE id = new.id; RETURN NULL; END $$`,
    );
    await node.query(
      "CREATE TRIGGER lose AFTER INSERT ON tocsin.payloads FOR EACH ROW EXECUTE FUNCTION tocsin.lose()",
    );
    await node.broker.publish(event("gone:1", 1, "x".repeat(10_000)));
    await vi.waitFor(() => expect(node.states).toEqual(["down", "up"]), soon);
    await node.query("DROP TRIGGER lose ON tocsin.payloads");
    await node.broker.publish(event("gone:1", 2, "y".repeat(10_000)));
    await vi.waitFor(() => expect(node.events.map(({ offset }) => offset)).toEqual([2]), soon);
  });
});

describe("a line to PostgreSQL that falls silent (F8)", () => {
  it("has every append rejected in time, and goes on afterwards", async () => {
    const real = new URL(url);
    await using line = await cuttableLine(Number(real.port));
    real.port = new URL(line.url).port;
    await using node = await openNode({ at: real.href, timeoutMs: 500 });
    const append = (n: number) =>
      node.history.appendOnce("silent:1", entry(n), LOG, { key: `${n}`, ttlMs: 3_600_000 });
    await append(-1);
    const numbers = Array.from({ length: 1_000 }, (_, n) => n);
    line.silent = true;
    // Nothing here waits for the server: that all of it ends before the line speaks again is what is tested.
    const results = await Promise.allSettled(numbers.map(append));
    for (const result of results) {
      expect(result).toMatchObject({ status: "rejected", reason: { retryable: true } });
    }
    line.silent = false;
    await vi.waitFor(node.postgres.ping, soon);
    // What was rejected may have been stored. With its key, saying it again makes it once in any case.
    await vi.waitFor(() => Promise.all(numbers.map(append)), soon);
    expect(await node.history.read("silent:1", { limit: 0 })).toMatchObject({ offset: 1_001 });
  });
});

describe("two nodes on one PostgreSQL", () => {
  it("number the events of a channel without holes between them", async () => {
    await using a = await openNode();
    await using b = await openNode();
    const appended = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        (n % 2 ? a : b).history.append("dense:1", entry(n), LOG),
      ),
    );
    const offsets = appended.map(({ offset }) => offset).sort((one, other) => one - other);
    expect(offsets).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it("take names longer than an index does", async () => {
    await using node = await openNode();
    const long = "n".repeat(5_000);
    const table = { mode: "table" } as const;
    for (const key of [`${long}a`, `${long}b`]) {
      await node.history.append(long, { ...entry(key), key }, table);
    }
    const { entries } = await node.history.read(long);
    expect(entries.map(({ key }) => key)).toEqual([`${long}a`, `${long}b`]);
    const dedup = postgresDedupStore(node.postgres);
    expect(await dedup.claim(`${long}a`, 60_000)).toMatchObject({ won: true });
    expect(await dedup.claim(`${long}b`, 60_000)).toMatchObject({ won: true });
    expect(await dedup.claim(`${long}b`, 60_000)).toMatchObject({ won: false });
  });

  it("clear away what is over in channels nobody writes to", async () => {
    await using node = await openNode();
    const clock = fakeClock();
    const history = postgresHistoryStore(node.postgres, { now: clock.now });
    const at = () => ({ data: 1, timestamp: clock.now() });
    const short = { mode: "log", size: 10, ttlMs: 1_000 } as const;
    await history.appendOnce("quiet:1", at(), short, { key: "k", ttlMs: 1_000 });
    clock.advance(1_000);
    for (let n = 0; n < 64; n += 1) await history.append("busy:1", at(), short);
    await history[Symbol.asyncDispose]();
    const left = await node.query(
      `SELECT (SELECT count(*)::int FROM tocsin.once WHERE ends <= ${clock.now()}) AS keys,
         (SELECT count(*)::int FROM tocsin.entries JOIN tocsin.channels c ON c.id = channel
          WHERE c.name = 'quiet:1') AS events`,
    );
    expect(left).toEqual([{ keys: 0, events: 0 }]);
  });
});

describe("openPostgres", () => {
  it("says how safe an append is, as the connections are set up", async () => {
    const off = new URL(url);
    off.searchParams.set("options", "-c synchronous_commit=off");
    await using node = await openNode({ at: off.href });
    expect(node.history.durability).toBe("none");
  });

  it("refuses a database without the tables, and one that is too new", async () => {
    const pool = new pg.Pool({ connectionString: url });
    await expect(openPostgres({ pool, schema: "nowhere" })).rejects.toThrow(/migratePostgres/);
    await migratePostgres(pool, { schema: "newer" });
    await pool.query("UPDATE newer.settings SET value = '99' WHERE name = 'version'");
    for (const refused of [openPostgres, () => migratePostgres(pool, { schema: "newer" })]) {
      await expect(refused({ pool, schema: "newer" })).rejects.toThrow(/has version 99/);
    }
    await expect(openPostgres({ pool, schema: "no; such" })).rejects.toThrow(PostgresSettingsError);
    await pool.end();
  });

  it("says that nobody is there, and that somebody may not", async () => {
    const away = new pg.Pool({ connectionString: "postgres://postgres@127.0.0.1:1/x" });
    await expect(openPostgres({ pool: away })).rejects.toThrow(PostgresUnavailableError);
    await away.end();
    await using node = await openNode();
    await node.query("CREATE ROLE reader LOGIN");
    const mine = new URL(url);
    mine.username = "reader";
    const pool = new pg.Pool({ connectionString: mine.href });
    await expect(openPostgres({ pool })).rejects.toThrow(PostgresRefusedError);
    await pool.end();
  });
});
