import type { AlertNotification, Severity } from "@tocsin/protocol/alerts";
import { sql } from "kysely";
import type { Outing } from "../store/ledger.js";
import type { DeliveryRow, EndpointRow } from "../store/tables.js";
import { toText } from "../store/text.js";
import { type AlertTransaction, eachPart, inParts, takeNumbers } from "../store/transact.js";

/** The sink every revision goes to; its recipients are users. */
export const INBOX = "inbox";

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** A revision, and whom it concerns. */
export interface Outgoing {
  readonly notification: AlertNotification;
  readonly to: Outing;
}

/**
 * Writes what has to go out, in the transaction that stores what it tells of: each revision to the inbox of its
 * user; what is new, and the end of what they were told, to the user's endpoints.
 */
export async function writeDeliveries(
  trx: AlertTransaction,
  outgoing: readonly Outgoing[],
): Promise<void> {
  if (outgoing.length === 0) return;
  const rows: Omit<DeliveryRow, "ordinal">[] = [];
  const endpoints = await endpointsFor(trx, outgoing);
  const told = endpoints.size === 0 ? new Set<string>() : await toldBefore(trx, outgoing);
  for (const { notification, to } of outgoing) {
    const { id, revision, userId, severity, updatedAt } = notification;
    const add = (sink: string, recipient: string, suffix: string) =>
      rows.push({
        id: `${id}#${revision}${suffix}`,
        sink,
        recipient,
        user_id: toText(userId),
        notification_id: id,
        revision,
        attempts: 0,
        status: "waiting",
        error: null,
        at: updatedAt,
        payload: JSON.stringify(notification),
      });
    add(INBOX, toText(userId), "");
    if (to === "inbox") continue;
    for (const endpoint of endpoints.get(toText(userId)) ?? []) {
      const key = `${id} ${endpoint.id}`;
      const fits = RANK[endpoint.min_severity as Severity] <= RANK[severity];
      // The end of something nobody told it of would only puzzle an endpoint.
      if (revision === 1 ? !fits : !told.has(key)) continue;
      add(endpoint.sink, endpoint.id, `#${endpoint.id}`);
      told.add(key);
    }
  }
  const first = await takeNumbers(trx, "deliveries", rows.length);
  const numbered = rows.map((row, index) => ({ ...row, ordinal: first + index }));
  for (const part of inParts(numbered, 12)) {
    await trx.insertInto("alert_deliveries").values(part).execute();
  }
  await enqueue(trx, rows);
}

async function endpointsFor(
  trx: AlertTransaction,
  outgoing: readonly Outgoing[],
): Promise<ReadonlyMap<string, readonly EndpointRow[]>> {
  const users = new Set(
    outgoing.filter(({ to }) => to === "everybody").map((each) => toText(each.notification.userId)),
  );
  const rows = await eachPart([...users], (part) =>
    trx
      .selectFrom("alert_endpoints")
      .selectAll()
      .where("user_id", "in", part)
      .where("enabled", "=", 1)
      .orderBy("id")
      .execute(),
  );
  const byUser = new Map<string, EndpointRow[]>();
  for (const row of rows) byUser.set(row.user_id, [...(byUser.get(row.user_id) ?? []), row]);
  return byUser;
}

/** Which endpoints were told of which notifications. */
async function toldBefore(
  trx: AlertTransaction,
  outgoing: readonly Outgoing[],
): Promise<Set<string>> {
  const revised = outgoing.filter(
    ({ notification, to }) => to === "everybody" && notification.revision > 1,
  );
  const rows = await eachPart(
    [...new Set(revised.map(({ notification }) => notification.id))],
    (part) =>
      trx
        .selectFrom("alert_deliveries")
        .select(["notification_id", "recipient"])
        .where("notification_id", "in", part)
        .where("revision", "=", 1)
        .where("sink", "<>", INBOX)
        .execute(),
  );
  return new Set(rows.map(({ notification_id, recipient }) => `${notification_id} ${recipient}`));
}

/** Counts what waits for each recipient. New ones may be tried at once; one that failed keeps its time. */
async function enqueue(
  trx: AlertTransaction,
  rows: readonly Pick<DeliveryRow, "sink" | "recipient">[],
): Promise<void> {
  const counts = new Map<string, { sink: string; recipient: string; waiting: number }>();
  for (const { sink, recipient } of rows) {
    const key = `${sink} ${recipient}`;
    const counted = counts.get(key) ?? { sink, recipient, waiting: 0 };
    counted.waiting += 1;
    counts.set(key, counted);
  }
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, queue]) => queue);
  const queues = sorted.map((queue) => ({
    ...queue,
    due_at: 0,
    claimed_by: null,
    claimed_until: 0,
  }));
  for (const part of inParts(queues, 6)) {
    await trx
      .insertInto("alert_queues")
      .values(part)
      .onConflict((conflict) =>
        conflict.columns(["sink", "recipient"]).doUpdateSet({
          waiting: sql`alert_queues.waiting + excluded.waiting`,
        }),
      )
      .execute();
  }
}
