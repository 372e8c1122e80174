import {
  type AlertNotification,
  type Monitor,
  monitor,
  type Strategy,
  strategy,
} from "@tocsin/protocol/alerts";
import type { ArmedMonitor } from "../evaluator/evaluator.js";
import type { MonitorRow, NotificationRow, StrategyRow } from "./tables.js";
import { fromText, fromTextOrNull, toText, toTextOrNull } from "./text.js";

/** A monitor as it is stored. */
export function monitorRow(value: Monitor, armedAt: number | null, revision: number): MonitorRow {
  return {
    id: value.id,
    user_id: toText(value.userId),
    symbol: toText(value.symbol),
    note: toText(value.note),
    enabled: value.enabled ? 1 : 0,
    rules: JSON.stringify(value.rules),
    cooldown_ms: value.cooldownMs,
    tags: JSON.stringify(value.tags),
    strategy_id: value.strategyId,
    on_no_data: value.onNoData,
    version: value.version,
    created_at: value.createdAt,
    updated_at: value.updatedAt,
    armed_at: armedAt,
    revision,
  };
}

/** A stored monitor. Throws when the row is not one, which means the database was written by something else. */
export function monitorOfRow(row: MonitorRow): Monitor {
  return monitor.parse({
    id: row.id,
    userId: fromText(row.user_id),
    symbol: fromText(row.symbol),
    note: fromText(row.note),
    enabled: row.enabled === 1,
    rules: JSON.parse(row.rules),
    cooldownMs: row.cooldown_ms,
    tags: JSON.parse(row.tags),
    strategyId: row.strategy_id,
    onNoData: row.on_no_data,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}

/** A stored monitor, and since when it watches. Throws as {@link monitorOfRow}. */
export function armedOfRow(row: MonitorRow): ArmedMonitor {
  return { monitor: monitorOfRow(row), armedAt: row.armed_at };
}

/** A strategy as it is stored. */
export function strategyRow(value: Strategy): StrategyRow {
  return {
    id: value.id,
    user_id: toText(value.userId),
    name: toText(value.name),
    note: toText(value.note),
    version: value.version,
    created_at: value.createdAt,
    updated_at: value.updatedAt,
  };
}

/** A stored strategy. Throws when the row is not one. */
export function strategyOfRow(row: StrategyRow): Strategy {
  return strategy.parse({
    id: row.id,
    userId: fromText(row.user_id),
    name: fromText(row.name),
    note: fromText(row.note),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}

/** What never changes, and is not searched for. */
type FixedPart = Pick<
  AlertNotification,
  | "monitorVersion"
  | "ruleId"
  | "venue"
  | "reason"
  | "tags"
  | "rule"
  | "price"
  | "previousPrice"
  | "level"
  | "referencePrice"
  | "changePercent"
  | "pendingSince"
  | "feedAt"
  | "receivedAt"
  | "cooldownUntil"
  | "title"
  | "body"
>;

const fixedText = (part: FixedPart): string => JSON.stringify(part);

/** A notification as it is stored. */
export function notificationRow(value: AlertNotification): NotificationRow {
  return {
    id: value.id,
    seq: value.seq,
    revision: value.revision,
    user_id: toText(value.userId),
    monitor_id: value.monitorId,
    strategy_id: value.strategyId,
    symbol: toTextOrNull(value.symbol),
    kind: value.kind,
    severity: value.severity,
    state: value.state,
    push: value.push,
    covers: value.covers,
    fired_at: value.firedAt,
    resolved_at: value.resolvedAt,
    stored_at: value.storedAt,
    updated_at: value.updatedAt,
    suppressed_count: value.suppressedCount,
    first_suppressed_at: value.firstSuppressedAt,
    last_suppressed_at: value.lastSuppressedAt,
    read_at: value.readAt,
    acknowledged_at: value.acknowledgedAt,
    snoozed_until: value.snoozedUntil,
    archived_at: value.archivedAt,
    words: searchable(`${value.title}\n${value.body}`),
    fixed: fixedText({
      monitorVersion: value.monitorVersion,
      ruleId: value.ruleId,
      venue: value.venue,
      reason: value.reason,
      tags: value.tags,
      rule: value.rule,
      price: value.price,
      previousPrice: value.previousPrice,
      level: value.level,
      referencePrice: value.referencePrice,
      changePercent: value.changePercent,
      pendingSince: value.pendingSince,
      feedAt: value.feedAt,
      receivedAt: value.receivedAt,
      cooldownUntil: value.cooldownUntil,
      title: value.title,
      body: value.body,
    }),
  };
}

/**
 * A stored notification. It is not checked again: that nothing but {@link notificationRow} writes the row is an
 * invariant, and a burst of fires reads as many notifications as it writes.
 */
export function notificationOfRow(row: NotificationRow): AlertNotification {
  const fixed: FixedPart = JSON.parse(row.fixed);
  return {
    ...fixed,
    id: row.id,
    seq: row.seq,
    revision: row.revision,
    userId: fromText(row.user_id),
    monitorId: row.monitor_id,
    strategyId: row.strategy_id,
    symbol: fromTextOrNull(row.symbol),
    kind: row.kind,
    severity: row.severity,
    state: row.state,
    push: row.push,
    covers: row.covers,
    firedAt: row.fired_at,
    resolvedAt: row.resolved_at,
    storedAt: row.stored_at,
    updatedAt: row.updated_at,
    suppressedCount: row.suppressed_count,
    firstSuppressedAt: row.first_suppressed_at,
    lastSuppressedAt: row.last_suppressed_at,
    readAt: row.read_at,
    acknowledgedAt: row.acknowledged_at,
    snoozedUntil: row.snoozed_until,
    archivedAt: row.archived_at,
  };
}

/**
 * Text as it is searched for. Small letters are made here and not by the database: SQLite knows those of English
 * only, PostgreSQL those of its locale.
 */
export function searchable(text: string): string {
  return toText(text.toLowerCase());
}
