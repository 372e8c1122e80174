import type { AlertRule, Monitor, Tick } from "@tocsin/protocol/alerts";
import { Kysely, SqliteDialect } from "kysely";
import Database from "libsql";
import type { AlertTables, MarketDataSource, Trigger } from "../../src/alerts/index.js";
import { migrateAlerts } from "../../src/alerts/index.js";

/** A noon in market time; tests count from here. */
export const NOON = Date.UTC(2008, 8, 15, 12);
export const MINUTE = 60_000;

export const tickAt = (price: number, at: number, symbol = "SPX"): Tick => ({
  symbol,
  price,
  at,
  volume: 0,
});

export const takeProfit = (price: number, side: "long" | "short" = "long"): AlertRule => ({
  kind: "take-profit",
  price,
  side,
});

export const stopLoss = (price: number, side: "long" | "short" = "long"): AlertRule => ({
  kind: "stop-loss",
  price,
  side,
});

export const entryRange = (low: number, high: number): AlertRule => ({
  kind: "entry-range",
  low,
  high,
});

export function monitorOf(rules: readonly AlertRule[], changes: Partial<Monitor> = {}): Monitor {
  return {
    id: "m1",
    userId: "ada",
    symbol: "SPX",
    note: "",
    enabled: true,
    rules: [...rules],
    cooldownMs: 60 * MINUTE,
    version: 1,
    createdAt: 0,
    updatedAt: 0,
    ...changes,
  };
}

/** A trigger without a market behind it. */
export function triggerOf(monitor: Monitor, rule: AlertRule, at: number): Trigger {
  return { monitor, rule, level: 105, price: 106, previousPrice: 104, at };
}

/** A database in a file, or in memory; migrated. */
export async function openAlertDb(path = ":memory:"): Promise<Kysely<AlertTables>> {
  const db = new Kysely<AlertTables>({
    dialect: new SqliteDialect({ database: new Database(path) }),
  });
  await migrateAlerts(db);
  return db;
}

/** A feed a test speaks for. */
export function manualSource(): MarketDataSource & { send(...ticks: Tick[]): void } {
  const listeners = new Set<(tick: Tick) => void>();
  let running = false;
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      running = true;
    },
    stop() {
      running = false;
    },
    health: () => ({ running, lastTickAt: null }),
    send(...ticks) {
      for (const tick of ticks) for (const listener of listeners) listener(tick);
    },
  };
}
