import { randomBytes } from "node:crypto";
import type { Severity } from "@tocsin/protocol/alerts";
import { TooManyEndpointsError } from "../errors.js";
import { lockUser } from "../store/monitors.js";
import type { EndpointRow } from "../store/tables.js";
import { fromText, fromTextOrNull, toText, toTextOrNull } from "../store/text.js";
import { type AlertDb, writing } from "../store/transact.js";
import type { DeliveryStore, Endpoint } from "./delivery-store.js";

/** What keeping endpoints needs besides the database. */
export interface EndpointContext {
  readonly db: AlertDb;
  readonly now: () => number;
  readonly newId: () => string;
  readonly maxEndpoints: number;
}

/** A new secret to sign with, in the form of Standard Webhooks: 24 random bytes behind `whsec_`. */
function newSecret(): string {
  return `whsec_${randomBytes(24).toString("base64")}`;
}

/** Keeps where users want alerts besides the inbox; see {@link DeliveryStore}. */
export function endpointTable({
  db,
  now,
  newId,
  maxEndpoints,
}: EndpointContext): Pick<
  DeliveryStore,
  "createEndpoint" | "endpointsOf" | "endpoint" | "disableEndpoint" | "deleteEndpoint"
> {
  /** Gives up what still waits for an endpoint. */
  const giveUp = (id: string, change: "disable" | "delete", userId?: string) =>
    writing(db, async (trx) => {
      const rows =
        change === "disable"
          ? await trx
              .updateTable("alert_endpoints")
              .set({ enabled: 0 })
              .where("id", "=", toText(id))
              .returning(["id", "sink"])
              .execute()
          : await trx
              .deleteFrom("alert_endpoints")
              .where("id", "=", toText(id))
              .where("user_id", "=", toText(userId ?? ""))
              .returning(["id", "sink"])
              .execute();
      const [row] = rows;
      if (!row) return false;
      await trx
        .updateTable("alert_deliveries")
        .set({ status: "failed", error: `endpoint ${change}d`, payload: null, at: now() })
        .where("sink", "=", row.sink)
        .where("recipient", "=", row.id)
        .where("status", "=", "waiting")
        .execute();
      await trx
        .deleteFrom("alert_queues")
        .where("sink", "=", row.sink)
        .where("recipient", "=", row.id)
        .execute();
      return true;
    });

  return {
    createEndpoint: (userId, { sink, target, minSeverity }) =>
      writing(db, async (trx) => {
        await lockUser(trx, userId);
        const { count } = await trx
          .selectFrom("alert_endpoints")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("user_id", "=", toText(userId))
          .executeTakeFirstOrThrow();
        if (Number(count) >= maxEndpoints) throw new TooManyEndpointsError(maxEndpoints);
        const made: Endpoint = {
          id: newId(),
          userId,
          sink,
          target,
          secret: newSecret(),
          minSeverity,
          enabled: true,
          createdAt: now(),
        };
        await trx.insertInto("alert_endpoints").values(endpointRow(made)).execute();
        return made;
      }),
    async endpointsOf(userId) {
      const rows = await db
        .selectFrom("alert_endpoints")
        .selectAll()
        .where("user_id", "=", toText(userId))
        .orderBy("created_at")
        .orderBy("id")
        .execute();
      return rows.map(endpointOfRow);
    },
    async endpoint(id) {
      const [row] = await db
        .selectFrom("alert_endpoints")
        .selectAll()
        .where("id", "=", toText(id))
        .execute();
      return row && endpointOfRow(row);
    },
    async disableEndpoint(id) {
      await giveUp(id, "disable");
    },
    deleteEndpoint: (userId, id) => giveUp(id, "delete", userId),
  };
}

function endpointRow(value: Endpoint): EndpointRow {
  return {
    id: value.id,
    user_id: toText(value.userId),
    sink: value.sink,
    target: toText(value.target),
    secret: toTextOrNull(value.secret),
    min_severity: value.minSeverity,
    enabled: value.enabled ? 1 : 0,
    created_at: value.createdAt,
  };
}

function endpointOfRow(row: EndpointRow): Endpoint {
  return {
    id: row.id,
    userId: fromText(row.user_id),
    sink: row.sink,
    target: fromText(row.target),
    secret: fromTextOrNull(row.secret),
    minSeverity: row.min_severity as Severity,
    enabled: row.enabled === 1,
    createdAt: row.created_at,
  };
}
