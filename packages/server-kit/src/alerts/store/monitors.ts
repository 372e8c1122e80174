import type { Monitor, MonitorChange, NewMonitor } from "@tocsin/protocol/alerts";
import { TooManyMonitorsError, UnknownStrategyError } from "../errors.js";
import type { ArmedMonitor } from "../evaluator/evaluator.js";
import type { MonitorQuery, MonitorStore } from "./alert-store.js";
import { resolve } from "./decide.js";
import { closeLedger, lockUsers, openLedger } from "./ledger-sql.js";
import { monitorOfRow, monitorRow } from "./rows.js";
import type { MonitorRow } from "./tables.js";
import { fromText, toText } from "./text.js";
import {
  type AlertDb,
  type AlertTransaction,
  eachPart,
  inParts,
  lockedRows,
  takeNumbers,
  writing,
} from "./transact.js";

/** What keeping monitors needs besides the database. */
export interface MonitorContext {
  readonly db: AlertDb;
  readonly now: () => number;
  readonly newId: () => string;
  readonly maxMonitors: number;
}

/** How long a worker may not ask for changes before it has to begin anew, milliseconds. */
const KEEP_DELETED_MS = 30 * 86_400_000;

/** Keeps monitors; see {@link MonitorStore}. */
export function monitorTable({
  db,
  now,
  newId,
  maxMonitors,
}: MonitorContext): Pick<
  MonitorStore,
  "createMonitor" | "importMonitors" | "monitorsOf" | "monitor" | "changeMonitor" | "deleteMonitor"
> {
  type Inputs = Parameters<MonitorStore["importMonitors"]>[1];

  function importMonitors(userId: string, inputs: Inputs): Promise<readonly ArmedMonitor[]> {
    if (inputs.length === 0) return Promise.resolve([]);
    return writing(db, async (trx) => {
      await lockUser(trx, userId);
      await mustHaveStrategies(trx, userId, inputs);
      const { count } = await trx
        .selectFrom("alert_monitors")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .where("user_id", "=", toText(userId))
        .executeTakeFirstOrThrow();
      if (Number(count) + inputs.length > maxMonitors) throw new TooManyMonitorsError(maxMonitors);
      const at = now();
      const revision = await takeNumbers(trx, "monitors", inputs.length);
      const armed = inputs.map(({ input, armedAt }) => ({
        monitor: { ...input, id: newId(), userId, version: 1, createdAt: at, updatedAt: at },
        armedAt,
      }));
      const rows = armed.map(({ monitor, armedAt }, index) =>
        monitorRow(monitor, armedAt, revision + index),
      );
      for (const part of inParts(rows, 15)) {
        await trx.insertInto("alert_monitors").values(part).execute();
      }
      return armed;
    });
  }

  return {
    async createMonitor(userId: string, input: NewMonitor, armedAt: number | null) {
      const [armed] = await importMonitors(userId, [{ input, armedAt }]);
      return armed as ArmedMonitor;
    },
    importMonitors,
    monitorsOf: (userId, query = {}) => monitorsOf(db, userId, query),
    async monitor(userId, id) {
      const row = await rowOf(db, userId, id);
      return row && monitorOfRow(row);
    },
    changeMonitor: (userId, id, change, armedAt) =>
      writing(db, async (trx) => {
        const row = await rowOf(trx, userId, id);
        if (!row) return undefined;
        if (change.strategyId) await mustHaveStrategies(trx, userId, [{ input: change }]);
        const before = monitorOfRow(row);
        const monitor: Monitor = {
          ...before,
          ...withoutUndefined(change),
          version: before.version + 1,
          updatedAt: now(),
        };
        await endFires(trx, row, monitor.updatedAt);
        await forgetStates(trx, monitor);
        const revision = await takeNumbers(trx, "monitors", 1);
        const { id: _, ...changed } = monitorRow(monitor, armedAt, revision);
        await trx.updateTable("alert_monitors").set(changed).where("id", "=", row.id).execute();
        return { monitor, armedAt };
      }),
    deleteMonitor: (userId, id) =>
      writing(db, async (trx) => {
        const row = await rowOf(trx, userId, id);
        if (!row) return false;
        const deletedAt = now();
        await endFires(trx, row, deletedAt);
        for (const table of ["alert_rule_states", "alert_causes", "alert_silences"] as const) {
          await trx.deleteFrom(table).where("monitor_id", "=", row.id).execute();
        }
        await trx.deleteFrom("alert_monitors").where("id", "=", row.id).execute();
        await trx
          .deleteFrom("alert_deleted_monitors")
          .where("deleted_at", "<", deletedAt - KEEP_DELETED_MS)
          .execute();
        await trx
          .insertInto("alert_deleted_monitors")
          .values({
            id: row.id,
            user_id: row.user_id,
            created_at: row.created_at,
            deleted_at: deletedAt,
            revision: await takeNumbers(trx, "monitors", 1),
          })
          .execute();
        return true;
      }),
  };
}

/** Makes sure a user is known, and holds whoever else counts what is the user's. */
export async function lockUser(trx: AlertTransaction, userId: string): Promise<void> {
  const user_id = toText(userId);
  await trx
    .insertInto("alert_users")
    .values({ user_id, flood_times: "[]", flood_waiting: 0, digest_count: 0 })
    .onConflict((conflict) => conflict.column("user_id").doNothing())
    .execute();
  await lockUsers(trx, [user_id]);
}

/** The row of a monitor that is this user's; within a transaction, locked. */
export async function rowOf(
  db: AlertDb,
  userId: string,
  id: string,
): Promise<MonitorRow | undefined> {
  const [row] = await lockedRows(
    db,
    db
      .selectFrom("alert_monitors")
      .selectAll()
      .where("id", "=", toText(id))
      .where("user_id", "=", toText(userId)),
  ).execute();
  return row;
}

async function monitorsOf(
  db: AlertDb,
  userId: string,
  { after, limit, symbol, strategyId }: MonitorQuery,
): Promise<readonly Monitor[]> {
  let query = db
    .selectFrom("alert_monitors")
    .selectAll()
    .where("user_id", "=", toText(userId))
    .orderBy("created_at")
    .orderBy("id");
  if (symbol !== undefined) query = query.where("symbol", "=", toText(symbol));
  if (strategyId !== undefined) query = query.where("strategy_id", "=", toText(strategyId));
  if (limit !== undefined) query = query.limit(limit);
  if (after !== undefined) {
    const createdAt = await createdAtOf(db, userId, after);
    if (createdAt === undefined) return []; // never was one of this user's
    query = query.where(({ eb, and, or }) =>
      or([
        eb("created_at", ">", createdAt),
        and([eb("created_at", "=", createdAt), eb("id", ">", after)]),
      ]),
    );
  }
  return (await query.execute()).map(monitorOfRow);
}

/** When a monitor was made; of one that was deleted meanwhile too, so that a page can follow it. */
async function createdAtOf(db: AlertDb, userId: string, id: string): Promise<number | undefined> {
  for (const table of ["alert_monitors", "alert_deleted_monitors"] as const) {
    const [row] = await db
      .selectFrom(table)
      .select("created_at")
      .where("id", "=", toText(id))
      .where("user_id", "=", toText(userId))
      .execute();
    if (row) return row.created_at;
  }
  return undefined;
}

async function mustHaveStrategies(
  trx: AlertTransaction,
  userId: string,
  inputs: readonly { readonly input: Pick<MonitorChange, "strategyId"> }[],
): Promise<void> {
  const wanted = new Set(inputs.flatMap(({ input }) => input.strategyId ?? []));
  if (wanted.size === 0) return;
  const rows = await eachPart([...wanted].map(toText), (part) =>
    trx
      .selectFrom("alert_strategies")
      .select("id")
      .where("user_id", "=", toText(userId))
      .where("id", "in", part)
      .execute(),
  );
  for (const { id } of rows) wanted.delete(fromText(id));
  const [missing] = wanted;
  if (missing !== undefined) throw new UnknownStrategyError(missing);
}

function withoutUndefined(change: MonitorChange): Partial<Monitor> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

/**
 * Ends what fires, or is silent, because nobody watches it from here on; otherwise it would for ever. The market
 * time of the end is the last that is known of the monitor's symbol.
 */
async function endFires(trx: AlertTransaction, row: MonitorRow, now: number): Promise<void> {
  const firing = await trx
    .selectFrom("alert_notifications")
    .select("id")
    .where("monitor_id", "=", row.id)
    .where("state", "=", "firing")
    .execute();
  const [sample] = await trx
    .selectFrom("alert_samples")
    .select("at")
    .where("symbol", "=", row.symbol)
    .execute();
  const ledger = await openLedger(trx, {
    monitorIds: [row.id],
    notificationIds: firing.map(({ id }) => id),
  });
  for (const { id } of firing) {
    const { firedAt = 0, lastSuppressedAt = null } = ledger.notifications.get(id) ?? {};
    resolve(ledger, id, Math.max(firedAt, lastSuppressedAt ?? 0, sample?.at ?? 0), now);
  }
  for (const silence of [...ledger.silences.all()]) {
    if (silence.endedAt !== null) continue;
    const endedAt = Math.max(silence.since, sample?.at ?? 0);
    ledger.silences.set(silence.monitorId, { ...silence, endedAt });
  }
  await closeLedger(trx, ledger);
}

/** Forgets what the rules saw, and keeps until when they are snoozed. */
async function forgetStates(trx: AlertTransaction, { id, version, rules }: Monitor): Promise<void> {
  await trx
    .deleteFrom("alert_rule_states")
    .where("monitor_id", "=", id)
    .where(({ eb, or }) =>
      or([
        eb("snoozed_until", "is", null),
        eb(
          "rule_id",
          "not in",
          rules.map((rule) => rule.id),
        ),
      ]),
    )
    .execute();
  await trx
    .updateTable("alert_rule_states")
    .set({
      monitor_version: version,
      phase: "inactive",
      since: null,
      pending_since: null,
      fired_at: null,
      fired_price: null,
      held: 0,
      moved_at: null,
      notified_id: null,
      muted: null,
      muted_seen: null,
      spent: 0,
    })
    .where("monitor_id", "=", id)
    .execute();
}
