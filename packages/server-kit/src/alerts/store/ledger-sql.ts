import type { AlertNotification } from "@tocsin/protocol/alerts";
import { writeDeliveries } from "../delivery/write-deliveries.js";
import {
  type Cause,
  type Ledger,
  Page,
  type RuleRecord,
  ruleKey,
  type Silence,
  type UserRecord,
} from "./ledger.js";
import {
  causeOfRow,
  causeRow,
  ruleOfRow,
  ruleRow,
  silenceOfRow,
  userOfRow,
  userRow,
  watchedOfRow,
} from "./ledger-rows.js";
import { notificationOfRow, notificationRow } from "./rows.js";
import type { UserRow } from "./tables.js";
import { fromText, toText } from "./text.js";
import {
  type AlertDb,
  type AlertTransaction,
  eachPart,
  inParts,
  lockedRows,
  takeNumbers,
} from "./transact.js";

/** Which part of the database to read. */
export interface LedgerScope {
  readonly monitorIds: readonly string[];
  /** Users besides the owners of these monitors. */
  readonly userIds?: readonly string[];
  /** Rules whose notifications are needed, by {@link ruleKey}; absent: all of these monitors. */
  readonly ruleKeys?: ReadonlySet<string>;
  /** Further notifications, which need not exist. */
  readonly notificationIds?: readonly string[];
}

/** Locks and reads a part of the database, until the end of the transaction; outside of one, only reads it. */
export async function openLedger(trx: AlertDb, scope: LedgerScope): Promise<Ledger> {
  const ids = [...new Set(scope.monitorIds)].sort();
  const monitors = await eachPart(ids, (part) =>
    lockedRows(
      trx,
      trx.selectFrom("alert_monitors").selectAll().where("id", "in", part).orderBy("id"),
    ).execute(),
  );
  const owners = monitors.map(({ user_id }) => user_id);
  const users = await lockUsers(trx, [...owners, ...(scope.userIds ?? []).map(toText)]);
  const states = await eachPart(ids, (part) =>
    trx.selectFrom("alert_rule_states").selectAll().where("monitor_id", "in", part).execute(),
  );
  const causes = await eachPart(ids, (part) =>
    trx.selectFrom("alert_causes").selectAll().where("monitor_id", "in", part).execute(),
  );
  const silences = await eachPart(ids, (part) =>
    trx.selectFrom("alert_silences").selectAll().where("monitor_id", "in", part).execute(),
  );
  const needed = (row: { readonly monitor_id: string; readonly rule_id: string }) =>
    scope.ruleKeys?.has(ruleKey(row.monitor_id, row.rule_id)) ?? true;
  const notificationIds = new Set([
    ...(scope.notificationIds ?? []),
    ...states.filter(needed).map(({ notified_id }) => notified_id),
    ...causes.filter(needed).map(({ notification_id }) => notification_id),
    ...silences.map(({ notification_id }) => notification_id),
    ...users.map(({ flood_id }) => flood_id),
  ]);
  notificationIds.delete(null);
  const notifications = await eachPart([...notificationIds] as string[], (part) =>
    trx.selectFrom("alert_notifications").selectAll().where("id", "in", part).execute(),
  );
  return {
    watched: new Map(monitors.map((row) => [row.id, watchedOfRow(row)])),
    rules: new Page(states.map((row) => [ruleKey(row.monitor_id, row.rule_id), ruleOfRow(row)])),
    causes: new Page(causes.map((row) => [ruleKey(row.monitor_id, row.rule_id), causeOfRow(row)])),
    silences: new Page(silences.map((row) => [row.monitor_id, silenceOfRow(row)])),
    users: new Page(users.map((row) => [fromText(row.user_id), userOfRow(row)])),
    notifications: new Page(notifications.map((row) => [row.id, notificationOfRow(row)])),
    outgoing: [],
    suppressed: 0,
  };
}

/** Locks users by their stored ids; whoever writes into an inbox has done so. */
export async function lockUsers(
  trx: AlertDb,
  userIds: readonly string[],
): Promise<readonly UserRow[]> {
  return eachPart([...new Set(userIds)].sort(), (part) =>
    lockedRows(
      trx,
      trx.selectFrom("alert_users").selectAll().where("user_id", "in", part).orderBy("user_id"),
    ).execute(),
  );
}

/** Writes back what changed, and what has to go out; resolves with what goes out, new ones numbered. */
export async function closeLedger(
  trx: AlertTransaction,
  ledger: Ledger,
): Promise<readonly AlertNotification[]> {
  await saveRules(trx, ledger.rules.changed());
  await saveCauses(trx, ledger.causes.changed());
  await saveSilences(trx, ledger.silences.changed());
  await saveUsers(trx, ledger.users.changed());
  const fresh = ledger.outgoing.filter(({ notification }) => notification.revision === 1);
  const seqs = new Map<string, number>();
  if (fresh.length > 0) {
    const first = await takeNumbers(trx, "notifications", fresh.length);
    for (const [index, { notification }] of fresh.entries())
      seqs.set(notification.id, first + index);
  }
  const numbered = (notification: AlertNotification) => ({
    ...notification,
    seq: seqs.get(notification.id) ?? notification.seq,
  });
  await saveNotifications(trx, ledger.notifications.changed().map(numbered));
  const outgoing = ledger.outgoing.map(({ notification, to }) => ({
    notification: numbered(notification),
    to,
  }));
  await writeDeliveries(trx, outgoing);
  return outgoing.map(({ notification }) => notification);
}

/** Writes notifications, new or changed. */
export async function saveNotifications(
  trx: AlertTransaction,
  notifications: readonly AlertNotification[],
): Promise<void> {
  for (const part of inParts(notifications.map(notificationRow), 25)) {
    await trx
      .insertInto("alert_notifications")
      .values(part)
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet(({ ref }) => ({
          revision: ref("excluded.revision"),
          state: ref("excluded.state"),
          covers: ref("excluded.covers"),
          resolved_at: ref("excluded.resolved_at"),
          updated_at: ref("excluded.updated_at"),
          suppressed_count: ref("excluded.suppressed_count"),
          first_suppressed_at: ref("excluded.first_suppressed_at"),
          last_suppressed_at: ref("excluded.last_suppressed_at"),
          read_at: ref("excluded.read_at"),
          acknowledged_at: ref("excluded.acknowledged_at"),
          snoozed_until: ref("excluded.snoozed_until"),
          archived_at: ref("excluded.archived_at"),
          words: ref("excluded.words"),
          fixed: ref("excluded.fixed"),
        })),
      )
      .execute();
  }
}

async function saveRules(trx: AlertTransaction, records: readonly RuleRecord[]): Promise<void> {
  for (const part of inParts(records.map(ruleRow), 15)) {
    await trx
      .insertInto("alert_rule_states")
      .values(part)
      .onConflict((conflict) =>
        conflict.columns(["monitor_id", "rule_id"]).doUpdateSet(({ ref }) => ({
          monitor_version: ref("excluded.monitor_version"),
          phase: ref("excluded.phase"),
          since: ref("excluded.since"),
          pending_since: ref("excluded.pending_since"),
          fired_at: ref("excluded.fired_at"),
          fired_price: ref("excluded.fired_price"),
          held: ref("excluded.held"),
          moved_at: ref("excluded.moved_at"),
          notified_id: ref("excluded.notified_id"),
          muted: ref("excluded.muted"),
          muted_seen: ref("excluded.muted_seen"),
          snoozed_until: ref("excluded.snoozed_until"),
          spent: ref("excluded.spent"),
        })),
      )
      .execute();
  }
}

async function saveCauses(trx: AlertTransaction, causes: readonly Cause[]): Promise<void> {
  for (const part of inParts(causes.map(causeRow), 9)) {
    await trx
      .insertInto("alert_causes")
      .values(part)
      .onConflict((conflict) =>
        conflict.columns(["monitor_id", "rule_id"]).doUpdateSet(({ ref }) => ({
          notification_id: ref("excluded.notification_id"),
          notified_at: ref("excluded.notified_at"),
          cooldown_until: ref("excluded.cooldown_until"),
          last_at: ref("excluded.last_at"),
          unclaimed: ref("excluded.unclaimed"),
          unclaimed_first: ref("excluded.unclaimed_first"),
          unclaimed_last: ref("excluded.unclaimed_last"),
        })),
      )
      .execute();
  }
}

async function saveSilences(trx: AlertTransaction, silences: readonly Silence[]): Promise<void> {
  const rows = silences.map((silence) => ({
    monitor_id: silence.monitorId,
    last_at: silence.lastAt,
    since: silence.since,
    ended_at: silence.endedAt,
    notification_id: silence.notificationId,
  }));
  for (const part of inParts(rows, 5)) {
    await trx
      .insertInto("alert_silences")
      .values(part)
      .onConflict((conflict) =>
        conflict.column("monitor_id").doUpdateSet(({ ref }) => ({
          last_at: ref("excluded.last_at"),
          since: ref("excluded.since"),
          ended_at: ref("excluded.ended_at"),
          notification_id: ref("excluded.notification_id"),
        })),
      )
      .execute();
  }
}

/** Writes what is kept for users, new or changed. */
async function saveUsers(trx: AlertTransaction, users: readonly UserRecord[]): Promise<void> {
  for (const part of inParts(users.map(userRow), 8)) {
    await trx
      .insertInto("alert_users")
      .values(part)
      .onConflict((conflict) =>
        conflict.column("user_id").doUpdateSet(({ ref }) => ({
          flood_times: ref("excluded.flood_times"),
          flood_id: ref("excluded.flood_id"),
          flood_at: ref("excluded.flood_at"),
          flood_waiting: ref("excluded.flood_waiting"),
          digest_first: ref("excluded.digest_first"),
          digest_count: ref("excluded.digest_count"),
          digest_due_at: ref("excluded.digest_due_at"),
        })),
      )
      .execute();
  }
}
