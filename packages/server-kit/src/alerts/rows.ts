import {
  type AlertNotification,
  alertNotification,
  type Monitor,
  monitor,
} from "@tocsin/protocol/alerts";
import type { MonitorRow, NotificationRow } from "./tables.js";

/** A monitor as it is stored. */
export function monitorRow(value: Monitor, armedAt: number | null): MonitorRow {
  return {
    id: value.id,
    user_id: value.userId,
    symbol: value.symbol,
    note: value.note,
    enabled: value.enabled ? 1 : 0,
    rules: JSON.stringify(value.rules),
    cooldown_ms: value.cooldownMs,
    version: value.version,
    created_at: value.createdAt,
    updated_at: value.updatedAt,
    armed_at: armedAt,
  };
}

/** A stored monitor. Throws when the row is not one, which means the database was written by something else. */
export function monitorOfRow(row: MonitorRow): Monitor {
  return monitor.parse({
    id: row.id,
    userId: row.user_id,
    symbol: row.symbol,
    note: row.note,
    enabled: row.enabled === 1,
    rules: JSON.parse(row.rules),
    cooldownMs: row.cooldown_ms,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}

/** A notification as it is stored, before it was published. */
export function notificationRow(value: AlertNotification): NotificationRow {
  return {
    id: value.id,
    seq: value.seq,
    user_id: value.userId,
    monitor_id: value.monitorId,
    monitor_version: value.monitorVersion,
    symbol: value.symbol,
    reason: value.reason,
    rule: JSON.stringify(value.rule),
    price: value.price,
    previous_price: value.previousPrice,
    level: value.level,
    fired_at: value.firedAt,
    stored_at: value.storedAt,
    cooldown_until: value.cooldownUntil,
    suppressed_count: value.suppressedCount,
    last_suppressed_at: value.lastSuppressedAt,
    title: value.title,
    body: value.body,
    published_at: null,
  };
}

/** A stored notification. Throws when the row is not one. */
export function notificationOfRow(row: NotificationRow): AlertNotification {
  return alertNotification.parse({
    id: row.id,
    seq: row.seq,
    userId: row.user_id,
    monitorId: row.monitor_id,
    monitorVersion: row.monitor_version,
    symbol: row.symbol,
    reason: row.reason,
    rule: JSON.parse(row.rule),
    price: row.price,
    previousPrice: row.previous_price,
    level: row.level,
    firedAt: row.fired_at,
    storedAt: row.stored_at,
    cooldownUntil: row.cooldown_until,
    suppressedCount: row.suppressed_count,
    lastSuppressedAt: row.last_suppressed_at,
    title: row.title,
    body: row.body,
  });
}
