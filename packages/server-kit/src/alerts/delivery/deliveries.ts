import { alertNotification } from "@tocsin/protocol/alerts";
import { sql } from "kysely";
import type { DeliveryRow } from "../store/tables.js";
import { fromText, fromTextOrNull, toText } from "../store/text.js";
import { type AlertDb, writing } from "../store/transact.js";
import type { DeliveryRecord, DeliveryStore } from "./delivery-store.js";
import type { Delivery } from "./sink.js";

/** Errors are kept for whoever looks; a page of HTML is none. */
const MOST_ERROR_TEXT = 500;

/** Keeps what has to go out; see {@link DeliveryStore}. */
export function deliveryTable(
  db: AlertDb,
  now: () => number,
): Pick<DeliveryStore, "due" | "delivered" | "failed" | "nextDueAt" | "deliveriesOf"> {
  /** Changes a delivery that waits, and its queue; does nothing when it does not wait any more. */
  const settle = (
    id: string,
    change: Partial<DeliveryRow>,
    queue: { readonly done: boolean; readonly dueAt: number },
  ) =>
    writing(db, async (trx) => {
      const [row] = await trx
        .updateTable("alert_deliveries")
        .set({ ...change, at: now() })
        .set(({ eb }) => ({ attempts: eb("attempts", "+", 1) }))
        .where("id", "=", id)
        .where("status", "=", "waiting")
        .returning(["sink", "recipient"])
        .execute();
      if (!row) return;
      await trx
        .updateTable("alert_queues")
        .set(({ eb }) => ({
          waiting: eb("waiting", "-", queue.done ? 1 : 0),
          due_at: queue.dueAt,
          claimed_by: null,
          claimed_until: 0,
        }))
        .where("sink", "=", row.sink)
        .where("recipient", "=", row.recipient)
        .execute();
    });

  return {
    async due(sink, limit, claim) {
      const at = now();
      const recipients = await dueRecipients(db, sink, limit, at, claim);
      const deliveries: Delivery[] = [];
      for (const recipient of recipients) {
        const [row] = await db
          .selectFrom("alert_deliveries")
          .selectAll()
          .where("sink", "=", sink)
          .where("recipient", "=", recipient)
          .where("status", "=", sql.lit("waiting"))
          .orderBy("ordinal")
          .limit(1)
          .execute();
        if (row) deliveries.push(deliveryOfRow(row));
      }
      return deliveries;
    },
    delivered: (id) =>
      settle(id, { status: "delivered", error: null, payload: null }, { done: true, dueAt: 0 }),
    failed(id, error, retryAt) {
      const text = toText(error.slice(0, MOST_ERROR_TEXT));
      return retryAt === undefined
        ? settle(id, { status: "failed", error: text, payload: null }, { done: true, dueAt: 0 })
        : settle(id, { error: text }, { done: false, dueAt: retryAt });
    },
    async nextDueAt(sink, owner) {
      const rows = await db
        .selectFrom("alert_queues")
        .select(["due_at", "claimed_by", "claimed_until"])
        .where("sink", "=", sink)
        .where("waiting", ">", sql.lit(0))
        .orderBy("due_at")
        .limit(1_000)
        .execute();
      const times = rows.map((row) =>
        row.claimed_by === null || row.claimed_by === toText(owner ?? "")
          ? row.due_at
          : Math.max(row.due_at, row.claimed_until),
      );
      return times.length === 0 ? undefined : Math.min(...times);
    },
    async deliveriesOf(userId, notificationId) {
      const rows = await db
        .selectFrom("alert_deliveries")
        .selectAll()
        .where("notification_id", "=", toText(notificationId))
        .where("user_id", "=", toText(userId))
        .orderBy("ordinal")
        .execute();
      return rows.map(recordOfRow);
    },
  };
}

/** Recipients whose first delivery is due; claims them in the same statement where that is asked for. */
async function dueRecipients(
  db: AlertDb,
  sink: string,
  limit: number,
  at: number,
  claim: Parameters<DeliveryStore["due"]>[2],
): Promise<readonly string[]> {
  const owner = toText(claim?.owner ?? "");
  const due = db
    .selectFrom("alert_queues")
    .select("recipient")
    .where("sink", "=", sink)
    .where("waiting", ">", sql.lit(0))
    .where("due_at", "<=", at)
    .where(({ eb, or }) =>
      or([
        eb("claimed_by", "is", null),
        eb("claimed_by", "=", owner),
        eb("claimed_until", "<=", at),
      ]),
    )
    .orderBy("due_at")
    .orderBy("recipient")
    .limit(limit);
  if (!claim) return (await due.execute()).map(({ recipient }) => recipient);
  const rows = await db
    .updateTable("alert_queues")
    .set({ claimed_by: owner, claimed_until: at + claim.ttlMs })
    .where("sink", "=", sink)
    .where("recipient", "in", due)
    // Once more, for one that had to wait for another's claim.
    .where(({ eb, or }) =>
      or([
        eb("claimed_by", "is", null),
        eb("claimed_by", "=", owner),
        eb("claimed_until", "<=", at),
      ]),
    )
    .returning("recipient")
    .execute();
  return rows.map(({ recipient }) => recipient);
}

function deliveryOfRow(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    notification: alertNotification.parse(JSON.parse(row.payload ?? "null")),
    recipient: fromText(row.recipient),
    attempt: row.attempts + 1,
  };
}

function recordOfRow(row: DeliveryRow): DeliveryRecord {
  return {
    id: row.id,
    notificationId: row.notification_id,
    revision: row.revision,
    sink: row.sink,
    recipient: fromText(row.recipient),
    attempts: row.attempts,
    status: row.status as DeliveryRecord["status"],
    error: fromTextOrNull(row.error),
    at: row.at,
  };
}
