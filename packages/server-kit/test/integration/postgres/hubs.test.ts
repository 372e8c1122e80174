import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { migratePostgres, openPostgres, postgresStores } from "../../../src/postgres/index.js";
import { itServesTwoHubs } from "../../support/hub-cases.js";
import { contract, type HubNode, seen, soon, startHubNode } from "../../support/hub-node.js";
import { type PostgresServer, startPostgres } from "../../support/postgres.js";

let server: PostgresServer;
let url: string;
let admin: pg.Pool;

beforeAll(async () => {
  server = await startPostgres(["fsync=off"]);
  url = await server.database();
  admin = new pg.Pool({ connectionString: url, max: 2 });
  await migratePostgres(admin);
});

afterAll(async () => {
  await admin.end();
  await server[Symbol.asyncDispose]();
});

async function startNode(): Promise<HubNode> {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  const postgres = await openPostgres({ pool, timeoutMs: 10_000 });
  const stores = postgresStores(postgres);
  return startHubNode(stores, async () => {
    await stores[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
    await pool.end();
  });
}

itServesTwoHubs(startNode);

describe("a hub whose LISTEN is lost", () => {
  it("brings its readers every event all the same, for it looks up what it missed (F9)", async () => {
    await using a = await startNode();
    await using b = await startNode();
    const channel = contract.fills({ id: "listen" });
    const reader = await b.reader(channel.name);
    let n = 0;
    for (let turn = 0; turn < 5; turn += 1) {
      for (let index = 0; index < 20; index += 1) {
        n += 1;
        if (index === 10) {
          await admin.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'",
          );
        }
        await a.hub.publish(channel, n);
      }
    }
    await vi.waitFor(() => expect(seen(reader)).toHaveLength(n), soon);
    expect(seen(reader)).toEqual(Array.from({ length: n }, (_, index) => [index + 1, index + 1]));
    expect(b.hub.stats().broker.outages).toBeGreaterThan(0);
  });
});
