import { randomUUID } from "node:crypto";
import { ALERT_KINDS } from "@tocsin/protocol/alerts";
import type { Kysely } from "kysely";
import { type AlertStore, DEFAULT_MAX_MONITORS } from "./alert-store.js";
import { claimKey } from "./claims.js";
import { TooManyMonitorsError } from "./errors.js";
import { recordTriggers } from "./record.js";
import { monitorOfRow, monitorRow, notificationOfRow } from "./rows.js";
import { causeKey } from "./suppression.js";
import type { AlertTables, MonitorRow } from "./tables.js";

/** Settings of {@link kyselyAlertStore}. */
export interface KyselyAlertStoreOptions {
  /** Milliseconds since 1970, for `createdAt`, `updatedAt` and `storedAt`. Default: `Date.now`. */
  readonly now?: () => number;
  /** Makes the id of a monitor, never the same one twice. Default: `randomUUID`. */
  readonly newId?: () => string;
  /** Most monitors one user may have. Default 1,000. */
  readonly maxMonitors?: number;
}

/**
 * Keeps alerts in a database Kysely speaks to, SQLite or PostgreSQL. Run {@link migrateAlerts} on it first. What
 * a call resolves with is as safe as the database's commit. Whoever made `db` closes it.
 */
export function kyselyAlertStore(
  db: Kysely<AlertTables>,
  {
    now = Date.now,
    newId = randomUUID,
    maxMonitors = DEFAULT_MAX_MONITORS,
  }: KyselyAlertStoreOptions = {},
): AlertStore {
  return {
    async createMonitor(userId, input, armedAt) {
      const at = now();
      const monitor = { ...input, id: newId(), userId, version: 1, createdAt: at, updatedAt: at };
      return db.transaction().execute(async (trx) => {
        // Writing first takes the write lock at once; counting first could not be upgraded on SQLite.
        await trx.insertInto("alert_monitors").values(monitorRow(monitor, armedAt)).execute();
        const { count } = await trx
          .selectFrom("alert_monitors")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("user_id", "=", userId)
          .executeTakeFirstOrThrow();
        if (Number(count) > maxMonitors) throw new TooManyMonitorsError(maxMonitors);
        return { monitor, armedAt };
      });
    },
    async monitorsOf(userId) {
      const rows = await db
        .selectFrom("alert_monitors")
        .selectAll()
        .where("user_id", "=", userId)
        .orderBy("created_at")
        .orderBy("id")
        .execute();
      return rows.map(monitorOfRow);
    },
    async monitor(userId, id) {
      const row = await db
        .selectFrom("alert_monitors")
        .selectAll()
        .where("id", "=", id)
        .where("user_id", "=", userId)
        .executeTakeFirst();
      return row && monitorOfRow(row);
    },
    async changeMonitor(userId, id, { note, enabled, rules, cooldownMs }, armedAt) {
      const changed: Partial<MonitorRow> = {
        ...(note !== undefined && { note }),
        ...(enabled !== undefined && { enabled: enabled ? 1 : 0 }),
        ...(rules !== undefined && { rules: JSON.stringify(rules) }),
        ...(cooldownMs !== undefined && { cooldown_ms: cooldownMs }),
      };
      const row = await db
        .updateTable("alert_monitors")
        .set({ ...changed, updated_at: now(), armed_at: armedAt })
        .set(({ eb }) => ({ version: eb("version", "+", 1) }))
        .where("id", "=", id)
        .where("user_id", "=", userId)
        .returningAll()
        .executeTakeFirst();
      return row && { monitor: monitorOfRow(row), armedAt };
    },
    async deleteMonitor(userId, id) {
      return db.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom("alert_monitors")
          .where("id", "=", id)
          .where("user_id", "=", userId)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        const keys = ALERT_KINDS.map((kind) => claimKey(causeKey({ monitorId: id, kind })));
        await trx.deleteFrom("alert_claims").where("key", "in", keys).execute();
        return true;
      });
    },
    async allMonitors() {
      const rows = await db.selectFrom("alert_monitors").selectAll().orderBy("id").execute();
      return rows.map((row) => ({ monitor: monitorOfRow(row), armedAt: row.armed_at }));
    },
    record: (triggers) => db.transaction().execute((trx) => recordTriggers(trx, triggers, now)),
    async notifications(userId, { before, limit, monitorId }) {
      const rows = await db
        .selectFrom("alert_notifications")
        .selectAll()
        .where("user_id", "=", userId)
        .$if(before !== undefined, (query) => query.where("seq", "<", before ?? 0))
        .$if(monitorId !== undefined, (query) => query.where("monitor_id", "=", monitorId ?? ""))
        .orderBy("seq", "desc")
        .limit(limit)
        .execute();
      return rows.map(notificationOfRow);
    },
    async totals() {
      const { fired, suppressed } = await db
        .selectFrom("alert_notifications")
        .select(({ fn }) => [
          fn.countAll<number>().as("fired"),
          fn.sum<number | null>("suppressed_count").as("suppressed"),
        ])
        .executeTakeFirstOrThrow();
      return { fired: Number(fired), suppressed: Number(suppressed ?? 0) };
    },
    async unpublished(limit, exceptUsers = []) {
      const rows = await db
        .selectFrom("alert_notifications")
        .selectAll()
        .where("published_at", "is", null)
        .$if(exceptUsers.length > 0, (query) => query.where("user_id", "not in", exceptUsers))
        .orderBy("seq")
        .limit(limit)
        .execute();
      return rows.map(notificationOfRow);
    },
    async markPublished(id, at) {
      await db
        .updateTable("alert_notifications")
        .set({ published_at: at })
        .where("id", "=", id)
        .execute();
    },
    async readState(key) {
      const row = await db
        .selectFrom("service_state")
        .select("value")
        .where("key", "=", key)
        .executeTakeFirst();
      return row?.value;
    },
    async writeState(key, value) {
      await db
        .insertInto("service_state")
        .values({ key, value })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
        .execute();
    },
  };
}
