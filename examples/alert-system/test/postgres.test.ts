import { newMonitor } from "@tocsin/protocol/alerts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type PostgresServer,
  startPostgres,
} from "../../../packages/server-kit/test/support/postgres.js";
import { findPostgres } from "../../../scripts/lib/needs.mjs";
import { startSystem, temporaryDirectory } from "./support/test-system.js";

const PRICES = { SPX: [100, 101, 106, 104] };

describe("a system on PostgreSQL", () => {
  const lacking = findPostgres() === undefined;
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    if (!lacking) server = await startPostgres(["fsync=off", "synchronous_commit=off"]);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  beforeEach(({ skip }) => {
    if (lacking) skip("PostgreSQL is not installed");
  });

  it("keeps monitors, alerts and holdings there, and finds them from another directory", async () => {
    const databaseUrl = await server?.database();
    using first = temporaryDirectory();
    using second = temporaryDirectory();
    const holdings = [{ instrument: "SPX", quantity: 2.5, cost: 90 }];
    {
      await using test = await startSystem(first.path, PRICES, databaseUrl);
      const { service, store, portfolios } = test.system.context;
      const rules = [{ kind: "take-profit" as const, price: 105 }];
      await service.createMonitor("demo", newMonitor.parse({ symbol: "SPX", rules }));
      await portfolios.hold("demo", holdings);
      service.start();
      await test.until(() => service.status().fired === 1);
      expect(await store.unreadCount("demo")).toBe(1);
    }
    await using test = await startSystem(second.path, PRICES, databaseUrl);
    const { service, store, portfolios } = test.system.context;
    expect(service.status().fired).toBe(1);
    expect(await store.monitorsOf("demo")).toHaveLength(1);
    expect(await portfolios.holdings("demo")).toEqual(holdings);
  });
});
