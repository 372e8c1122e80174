import { randomUUID } from "node:crypto";
import { deliveryTable } from "../delivery/deliveries.js";
import type { DeliveryStore } from "../delivery/delivery-store.js";
import { endpointTable } from "../delivery/endpoints.js";
import type { InboxStore, MonitorStore, TransitionStore } from "./alert-store.js";
import { inboxTable } from "./inbox.js";
import type { LeaseStore } from "./lease-store.js";
import { leaseTable } from "./leases.js";
import { monitorTable } from "./monitors.js";
import { ruleStateTable } from "./rule-states.js";
import { stateTables } from "./state.js";
import { strategyTable } from "./strategies.js";
import { type AlertDb, withNumbers } from "./transact.js";
import { recordTransitions, releaseMuted } from "./transitions.js";

/** Settings of {@link kyselyAlertStore}. */
export interface KyselyAlertStoreOptions {
  /** Server time, milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Makes ids, never the same one twice. Default: `randomUUID`. */
  readonly newId?: () => string;
  /** Most monitors one user may have. Default 1,000. */
  readonly maxMonitors?: number;
  /** Most strategies one user may have. Default 100. */
  readonly maxStrategies?: number;
  /** Most endpoints one user may have. Default 10. */
  readonly maxEndpoints?: number;
  /**
   * So many notifications of one user within `windowMs` of market time go out one by one; one summary stands for
   * the rest. What is critical always goes out by itself. Default 15 in 3 minutes.
   */
  readonly flood?: { readonly max: number; readonly windowMs: number };
  /**
   * How long notifications of severity `info` are collected before one digest tells of them, milliseconds of market
   * time. Default `null`: each goes out by itself.
   */
  readonly digestMs?: number | null;
}

/** All an alert service keeps. */
export interface AlertStore
  extends MonitorStore,
    TransitionStore,
    InboxStore,
    DeliveryStore,
    LeaseStore {}

/** Most monitors one user may have, unless the store is told otherwise. */
export const DEFAULT_MAX_MONITORS = 1_000;

/** What counts as a flood, unless the store is told otherwise. */
export const DEFAULT_FLOOD = { max: 15, windowMs: 180_000 } as const;

/**
 * Keeps alerts in a database Kysely speaks to, SQLite or PostgreSQL. Run {@link migrateAlerts} on it first. What
 * a call resolves with is as safe as the database's commit. Whoever made the database closes it.
 */
export function kyselyAlertStore(
  database: AlertDb,
  {
    now = Date.now,
    newId = randomUUID,
    maxMonitors = DEFAULT_MAX_MONITORS,
    maxStrategies = 100,
    maxEndpoints = 10,
    flood = DEFAULT_FLOOD,
    digestMs = null,
  }: KyselyAlertStoreOptions = {},
): AlertStore {
  const db = withNumbers(database);
  const recording = { db, now, push: { flood, digestMs } };
  return {
    ...monitorTable({ db, now, newId, maxMonitors }),
    ...strategyTable({ db, now, newId, maxStrategies }),
    ...ruleStateTable(db),
    ...stateTables(db),
    ...inboxTable(db, now),
    ...deliveryTable(db, now),
    ...endpointTable({ db, now, newId, maxEndpoints }),
    ...leaseTable(db, now),
    record: (transitions, lease) => recordTransitions(recording, transitions, lease),
    releaseMuted: (at) => releaseMuted(recording, at),
  };
}
