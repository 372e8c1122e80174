import type { AlertNotification } from "@tocsin/protocol/alerts";
import { type SelectQueryBuilder, sql } from "kysely";
import { writeDeliveries } from "../delivery/write-deliveries.js";
import type { InboxAction, InboxStore, NotificationQuery } from "./alert-store.js";
import { lockUsers, saveNotifications } from "./ledger-sql.js";
import { notificationOfRow, searchable } from "./rows.js";
import type { AlertTables, NotificationRow } from "./tables.js";
import { toText } from "./text.js";
import { type AlertDb, type AlertTransaction, writing } from "./transact.js";

/** How many are marked as read in one transaction. */
const READ_AT_ONCE = 500;

/** Reads inboxes, and does what their users do to them; see {@link InboxStore}. */
export function inboxTable(db: AlertDb, now: () => number): InboxStore {
  return {
    async notifications(userId, query) {
      const rows = await filtered(inboxOf(db, userId), query)
        .orderBy("seq", "desc")
        .limit(query.limit)
        .execute();
      return rows.map(notificationOfRow);
    },
    async notification(userId, id) {
      const [row] = await inboxOf(db, userId).where("id", "=", toText(id)).execute();
      return row && notificationOfRow(row);
    },
    async unreadCount(userId) {
      const { count } = await db
        .selectFrom("alert_notifications")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .where("user_id", "=", toText(userId))
        .where("read_at", "is", null)
        .where("archived_at", "is", null)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    act: (userId, id, action) =>
      writing(db, async (trx) => {
        await lockUsers(trx, [toText(userId)]);
        const [row] = await inboxOf(trx, userId).where("id", "=", toText(id)).execute();
        if (!row) return undefined;
        const before = notificationOfRow(row);
        const at = now();
        const change = changeOf(before, action, at);
        if (!change) return before;
        const [revised] = await reviseAll(trx, [before], () => change, at);
        return revised;
      }),
    async readAll(userId, upTo) {
      let count = 0;
      for (;;) {
        const read = await readSome(db, userId, upTo, now);
        count += read;
        if (read < READ_AT_ONCE) return count;
      }
    },
  };
}

type Inbox = SelectQueryBuilder<AlertTables, "alert_notifications", NotificationRow>;

function inboxOf(db: AlertDb, userId: string): Inbox {
  return db.selectFrom("alert_notifications").selectAll().where("user_id", "=", toText(userId));
}

function filtered(inbox: Inbox, query: NotificationQuery): Inbox {
  let rows = inbox.where("archived_at", query.archived ? "is not" : "is", null);
  if (query.before !== undefined) rows = rows.where("seq", "<", query.before);
  if (query.monitorId !== undefined) rows = rows.where("monitor_id", "=", toText(query.monitorId));
  if (query.symbol !== undefined) rows = rows.where("symbol", "=", toText(query.symbol));
  if (query.kind !== undefined) rows = rows.where("kind", "=", query.kind);
  if (query.severity !== undefined) rows = rows.where("severity", "=", query.severity);
  if (query.state !== undefined) rows = rows.where("state", "=", query.state);
  if (query.unread !== undefined) {
    rows = rows.where("read_at", query.unread ? "is" : "is not", null);
  }
  if (query.unacknowledged !== undefined) {
    rows = rows.where("acknowledged_at", query.unacknowledged ? "is" : "is not", null);
  }
  if (query.search !== undefined) {
    // Signs that mean something in a pattern are to mean themselves.
    const pattern = `%${searchable(query.search).replace(/[!%_]/g, "!$&")}%`;
    rows = rows.where(sql<boolean>`words like ${pattern} escape '!'`);
  }
  return rows;
}

/** What an action changes; `undefined` when it is done already. */
function changeOf(
  { readAt, acknowledgedAt, archivedAt, snoozedUntil }: AlertNotification,
  action: InboxAction,
  at: number,
): Partial<AlertNotification> | undefined {
  switch (action.do) {
    case "read":
      return readAt === null ? { readAt: at } : undefined;
    case "unread":
      return readAt === null ? undefined : { readAt: null };
    case "acknowledge":
      // Whoever acknowledges it has read it.
      return acknowledgedAt === null ? { acknowledgedAt: at, readAt: readAt ?? at } : undefined;
    case "archive":
      return archivedAt === null ? { archivedAt: at } : undefined;
    case "unarchive":
      return archivedAt === null ? undefined : { archivedAt: null };
    case "snooze":
      return snoozedUntil === action.until ? undefined : { snoozedUntil: action.until };
    default:
      return action satisfies never;
  }
}

/** Writes revisions that concern the inbox alone. The user has to be locked. */
async function reviseAll(
  trx: AlertTransaction,
  notifications: readonly AlertNotification[],
  change: (before: AlertNotification) => Partial<AlertNotification>,
  at: number,
): Promise<readonly AlertNotification[]> {
  const revised = notifications.map((before) => ({
    ...before,
    ...change(before),
    revision: before.revision + 1,
    updatedAt: at,
  }));
  await saveNotifications(trx, revised);
  await writeDeliveries(
    trx,
    revised.map((notification) => ({ notification, to: "inbox" })),
  );
  return revised;
}

/** Marks the oldest unread ones; resolves with how many. */
function readSome(
  db: AlertDb,
  userId: string,
  upTo: number | undefined,
  now: () => number,
): Promise<number> {
  return writing(db, async (trx) => {
    await lockUsers(trx, [toText(userId)]);
    const rows = await inboxOf(trx, userId)
      .where("read_at", "is", null)
      .where("archived_at", "is", null)
      .$if(upTo !== undefined, (query) => query.where("seq", "<=", upTo ?? 0))
      .orderBy("seq")
      .limit(READ_AT_ONCE)
      .execute();
    const at = now();
    await reviseAll(trx, rows.map(notificationOfRow), () => ({ readAt: at }), at);
    return rows.length;
  });
}
