import type { Cause, RuleRecord, Silence, UserRecord, Watched } from "./ledger.js";
import { monitorOfRow } from "./rows.js";
import type { CauseRow, MonitorRow, RuleStateRow, SilenceRow, UserRow } from "./tables.js";
import { fromText, toText } from "./text.js";

/** A monitor, as decisions read it. */
export function watchedOfRow(row: MonitorRow): Watched {
  return {
    version: row.version,
    armedAt: row.armed_at,
    strategyId: row.strategy_id,
    monitor: () => monitorOfRow(row),
  };
}

/** Where a rule stands, as it is stored. */
export function ruleRow(record: RuleRecord): RuleStateRow {
  return {
    monitor_id: record.monitorId,
    rule_id: record.ruleId,
    monitor_version: record.monitorVersion,
    phase: record.phase,
    since: record.since,
    pending_since: record.pendingSince,
    fired_at: record.firedAt,
    fired_price: record.firedPrice,
    held: record.held ? 1 : 0,
    moved_at: record.movedAt,
    notified_id: record.notifiedId,
    muted: record.muted,
    muted_seen: record.mutedSeen && JSON.stringify(record.mutedSeen),
    snoozed_until: record.snoozedUntil,
    spent: record.spent ? 1 : 0,
  };
}

/** Where a stored rule stands. Only {@link ruleRow} writes the row, so that it fits is an invariant. */
export function ruleOfRow(row: RuleStateRow): RuleRecord {
  return {
    monitorId: row.monitor_id,
    ruleId: row.rule_id,
    monitorVersion: row.monitor_version,
    phase: row.phase as RuleRecord["phase"],
    since: row.since,
    pendingSince: row.pending_since,
    firedAt: row.fired_at,
    firedPrice: row.fired_price,
    held: row.held === 1,
    movedAt: row.moved_at,
    notifiedId: row.notified_id,
    muted: row.muted as RuleRecord["muted"],
    mutedSeen: row.muted_seen === null ? null : JSON.parse(row.muted_seen),
    snoozedUntil: row.snoozed_until,
    spent: row.spent === 1,
  };
}

/** A cause as it is stored. */
export function causeRow(cause: Cause): CauseRow {
  return {
    monitor_id: cause.monitorId,
    rule_id: cause.ruleId,
    notification_id: cause.notificationId,
    notified_at: cause.notifiedAt,
    cooldown_until: cause.cooldownUntil,
    last_at: cause.lastAt,
    unclaimed: cause.unclaimed.count,
    unclaimed_first: cause.unclaimed.first,
    unclaimed_last: cause.unclaimed.last,
  };
}

/** A stored cause. */
export function causeOfRow(row: CauseRow): Cause {
  return {
    monitorId: row.monitor_id,
    ruleId: row.rule_id,
    notificationId: row.notification_id,
    notifiedAt: row.notified_at,
    cooldownUntil: row.cooldown_until,
    lastAt: row.last_at,
    unclaimed: { count: row.unclaimed, first: row.unclaimed_first, last: row.unclaimed_last },
  };
}

/** A stored silence. */
export function silenceOfRow(row: SilenceRow): Silence {
  return {
    monitorId: row.monitor_id,
    lastAt: row.last_at,
    since: row.since,
    endedAt: row.ended_at,
    notificationId: row.notification_id,
  };
}

/** What is kept for a user, as it is stored. */
export function userRow({ userId, floodTimes, flood, digest }: UserRecord): UserRow {
  return {
    user_id: toText(userId),
    flood_times: JSON.stringify(floodTimes),
    flood_id: flood?.id ?? null,
    flood_at: flood?.at ?? null,
    flood_waiting: flood?.waiting ?? 0,
    digest_first: digest?.first ?? null,
    digest_count: digest?.count ?? 0,
    digest_due_at: digest?.dueAt ?? null,
  };
}

/** What is stored for a user. */
export function userOfRow(row: UserRow): UserRecord {
  return {
    userId: fromText(row.user_id),
    floodTimes: JSON.parse(row.flood_times),
    flood:
      row.flood_id === null
        ? null
        : { id: row.flood_id, at: row.flood_at ?? 0, waiting: row.flood_waiting },
    digest:
      row.digest_first === null
        ? null
        : { first: row.digest_first, count: row.digest_count, dueAt: row.digest_due_at ?? 0 },
  };
}
