import type { Monitor, Tick } from "@tocsin/protocol/alerts";
import {
  type AlertTables,
  createAlertService,
  kyselyAlertStore,
  type MarketDataSource,
  migrateAlerts,
} from "@tocsin/server-kit/alerts";
import { openSqlite } from "@tocsin/server-kit/sqlite";
import { Kysely, SqliteDialect } from "kysely";
import { temporaryFile } from "../lib/temporary-file.js";
import type { Told } from "./naive.js";

type Written = Parameters<ReturnType<typeof kyselyAlertStore>["createMonitor"]>[1];

/** How many ticks go in before what they moved has to be stored. */
const CHUNK = 5_000;

/** Runs ticks through the whole service on a database, and reads back what it stored. */
export async function throughTheKit(
  written: readonly Written[],
  ticks: (monitors: readonly Monitor[]) => Iterable<Tick>,
): Promise<{ readonly monitors: readonly Monitor[]; readonly told: Told[] }> {
  using file = temporaryFile("alerts.sqlite");
  const db = new Kysely<AlertTables>({
    dialect: new SqliteDialect({ database: openSqlite(file.path) }),
  });
  try {
    await migrateAlerts(db);
    const store = kyselyAlertStore(db, { maxMonitors: 10_000 });
    let send: (tick: Tick) => void = () => {};
    const source: MarketDataSource = {
      subscribe(listener) {
        send = listener;
        return () => {};
      },
      start() {},
      stop() {},
      health: () => ({ running: true, lastTickAt: null }),
    };
    // A clock that stands still lets only ticks move market time.
    const clock = { now: () => 0, after: () => () => {} };
    const service = await createAlertService({ source, store, clock });
    const monitors = await service.importMonitors("ada", written);
    service.start();
    let sent = 0;
    for (const tick of ticks(monitors)) {
      send(tick);
      sent += 1;
      if (sent % CHUNK === 0) while (service.health().backlog > 0) await new Promise(setImmediate);
    }
    await service.close();
    return { monitors, told: await readAll(store) };
  } finally {
    await db.destroy();
  }
}

async function readAll(store: ReturnType<typeof kyselyAlertStore>): Promise<Told[]> {
  const told: Told[] = [];
  for (let before: number | undefined; ; ) {
    const page = await store.notifications("ada", {
      limit: 1_000,
      ...(before !== undefined && { before }),
    });
    for (const { kind, monitorId, ruleId, firedAt, price, resolvedAt, suppressedCount } of page) {
      if (kind === "summary") continue;
      told.push({
        monitor: monitorId ?? "",
        rule: ruleId ?? "",
        at: firedAt,
        price,
        resolvedAt,
        suppressed: suppressedCount,
      });
    }
    const last = page.at(-1);
    if (!last || page.length < 1_000) return told.reverse();
    before = last.seq;
  }
}
