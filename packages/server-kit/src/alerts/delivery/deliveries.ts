import type { AlertNotification } from "@tocsin/protocol/alerts";
import { sql } from "kysely";
import type { DeliveryRow } from "../store/tables.js";
import { fromText, fromTextOrNull, toText } from "../store/text.js";
import { type AlertDb, eachPart, writing } from "../store/transact.js";
import type { DeliveryClaim, DeliveryRecord, DeliveryStore } from "./delivery-store.js";
import type { Delivery } from "./sink.js";

/** Errors are kept for whoever looks; a page of HTML is none. */
const MOST_ERROR_TEXT = 500;

/** What becomes of a queue when some of its deliveries are settled. */
interface Settled {
  readonly done: boolean;
  readonly dueAt: number;
}

/** Keeps what has to go out; see {@link DeliveryStore}. */
export function deliveryTable(
  db: AlertDb,
  now: () => number,
): Omit<
  DeliveryStore,
  "createEndpoint" | "endpointsOf" | "endpoint" | "disableEndpoint" | "deleteEndpoint"
> {
  /** Changes deliveries that wait, and their queue; what does not wait any more stays as it is. */
  const settle = (ids: readonly string[], change: Partial<DeliveryRow>, queue: Settled) =>
    writing(db, async (trx) => {
      const rows = await eachPart(ids, (part) =>
        trx
          .updateTable("alert_deliveries")
          .set({ ...change, at: now() })
          .set(({ eb }) => ({ attempts: eb("attempts", "+", 1) }))
          .where("id", "in", part)
          .where("status", "=", "waiting")
          .returning(["sink", "recipient"])
          .execute(),
      );
      const [first] = rows;
      if (!first) return;
      await trx
        .updateTable("alert_queues")
        .set(({ eb }) => ({
          waiting: eb("waiting", "-", queue.done ? rows.length : 0),
          due_at: queue.dueAt,
          claimed_by: null,
          claimed_until: 0,
        }))
        .where("sink", "=", first.sink)
        .where("recipient", "=", first.recipient)
        .execute();
    });

  return {
    async due(sink, limit, claim) {
      const claimed = await claimRecipients(db, sink, limit, now(), claim);
      const deliveries: Delivery[] = [];
      for (const { recipient, interrupted } of claimed) {
        const rows = await db
          .selectFrom("alert_deliveries")
          .selectAll()
          .where("sink", "=", sink)
          .where("recipient", "=", recipient)
          // Literally, or SQLite would not use the index that holds nothing else.
          .where("status", "=", sql.lit("waiting"))
          .orderBy("ordinal")
          .limit(claim.batch ?? 1)
          .execute();
        deliveries.push(...rows.map((row) => deliveryOfRow(row, interrupted)));
      }
      return deliveries;
    },
    delivered: (ids) =>
      settle(ids, { status: "delivered", error: null, payload: null }, { done: true, dueAt: 0 }),
    failed(id, error, retryAt) {
      const text = toText(error.slice(0, MOST_ERROR_TEXT));
      return retryAt === undefined
        ? settle([id], { status: "failed", error: text, payload: null }, { done: true, dueAt: 0 })
        : settle([id], { error: text }, { done: false, dueAt: retryAt });
    },
    async endClaims(sink, owner) {
      // It stays known who was at it: what was under way may have arrived.
      await db
        .updateTable("alert_queues")
        .set({ claimed_until: 0 })
        .where("sink", "=", sink)
        .where("claimed_by", "=", toText(owner))
        .execute();
    },
    async nextDueAt(sink) {
      const { at } = await db
        .selectFrom("alert_queues")
        .select(
          sql<
            number | null
          >`min(case when claimed_until > due_at then claimed_until else due_at end)`.as("at"),
        )
        .where("sink", "=", sink)
        .where("waiting", ">", sql.lit(0))
        .executeTakeFirstOrThrow();
      return at ?? undefined;
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

interface Claimed {
  readonly recipient: string;
  readonly interrupted: boolean;
}

/** Claims recipients who wait; of two dispatchers that ask at once, each recipient goes to one. */
async function claimRecipients(
  db: AlertDb,
  sink: string,
  limit: number,
  at: number,
  { owner, ttlMs }: DeliveryClaim,
): Promise<readonly Claimed[]> {
  const free = await db
    .selectFrom("alert_queues")
    .select(["recipient", "claimed_by"])
    .where("sink", "=", sink)
    .where("waiting", ">", sql.lit(0))
    .where("due_at", "<=", at)
    .where("claimed_until", "<=", at)
    .orderBy("due_at")
    .orderBy("recipient")
    .limit(limit)
    .execute();
  if (free.length === 0) return [];
  const interrupted = new Set(
    free.filter(({ claimed_by }) => claimed_by !== null).map(({ recipient }) => recipient),
  );
  const claimed = await db
    .updateTable("alert_queues")
    .set({ claimed_by: toText(owner), claimed_until: at + ttlMs })
    .where("sink", "=", sink)
    .where(
      "recipient",
      "in",
      free.map(({ recipient }) => recipient),
    )
    .where("waiting", ">", sql.lit(0))
    .where("due_at", "<=", at)
    .where("claimed_until", "<=", at)
    .returning("recipient")
    .execute();
  return claimed.map(({ recipient }) => ({ recipient, interrupted: interrupted.has(recipient) }));
}

function deliveryOfRow(row: DeliveryRow, interrupted: boolean): Delivery {
  const notification: AlertNotification = JSON.parse(row.payload ?? "null");
  return {
    id: row.id,
    notification,
    recipient: fromText(row.recipient),
    attempt: row.attempts + 1,
    interrupted,
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
