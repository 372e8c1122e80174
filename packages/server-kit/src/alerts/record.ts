import type { AlertNotification } from "@tocsin/protocol/alerts";
import type { Transaction } from "kysely";
import type { Recorded } from "./alert-store.js";
import { sqlClaims } from "./claims.js";
import type { Trigger } from "./evaluator.js";
import { notificationId, notificationOf } from "./notification.js";
import { notificationRow } from "./rows.js";
import { causeKey, suppress } from "./suppression.js";
import type { AlertTables } from "./tables.js";

/** Suppresses and stores triggers inside a transaction; the caller commits it. */
export async function recordTriggers(
  trx: Transaction<AlertTables>,
  triggers: readonly Trigger[],
  now: () => number,
): Promise<Recorded> {
  const fired: AlertNotification[] = [];
  let suppressed = 0;
  for (const trigger of triggers) {
    const { monitor, rule, at } = trigger;
    const claims = sqlClaims(trx, () => at);
    const cause = { monitorId: monitor.id, kind: rule.kind };
    const verdict = await suppress(claims, cause, monitor.cooldownMs);
    if (verdict.repeat && verdict.of !== undefined) {
      if (await countRepeat(trx, verdict.of, at)) suppressed += 1;
      continue;
    }
    // The claim's row is locked until the commit, so nobody else stores this id meanwhile.
    const notification = await store(trx, trigger, now());
    if (notification) fired.push(notification);
    // A claim that nobody settled is somebody else's, made outside of this; to notify once too often is the lesser harm.
    if (!verdict.repeat) {
      await claims.settle(causeKey(cause), notificationId(trigger), verdict.token);
    }
  }
  return { fired, suppressed };
}

async function store(
  trx: Transaction<AlertTables>,
  trigger: Trigger,
  storedAt: number,
): Promise<AlertNotification | undefined> {
  const known = await trx
    .selectFrom("alert_notifications")
    .select("id")
    .where("id", "=", notificationId(trigger))
    .executeTakeFirst();
  if (known) return undefined; // the same tick once more, after a crash or in another process
  const notification = notificationOf(trigger, await nextSeq(trx), storedAt);
  await trx.insertInto("alert_notifications").values(notificationRow(notification)).execute();
  return notification;
}

/**
 * Numbers come from a row rather than from the database's own counter: its lock is held until the commit, so the
 * order of the numbers is the order of the commits and a reader by cursor passes nothing that appears later.
 */
async function nextSeq(trx: Transaction<AlertTables>): Promise<number> {
  const { value } = await trx
    .insertInto("alert_sequence")
    .values({ name: "notifications", value: 1 })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet(({ ref, eb }) => ({
        value: eb(ref("alert_sequence.value"), "+", 1),
      })),
    )
    .returning("value")
    .executeTakeFirstOrThrow();
  return value;
}

/** Counts each market time once, however often its tick is evaluated. */
async function countRepeat(
  trx: Transaction<AlertTables>,
  id: string,
  at: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("alert_notifications")
    .set(({ eb }) => ({
      suppressed_count: eb("suppressed_count", "+", 1),
      last_suppressed_at: at,
    }))
    .where("id", "=", id)
    .where("fired_at", "<", at)
    .where(({ eb, or }) =>
      or([eb("last_suppressed_at", "is", null), eb("last_suppressed_at", "<", at)]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
