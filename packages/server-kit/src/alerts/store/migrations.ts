import { type CreateTableBuilder, type Kysely, type Migration, Migrator, sql } from "kysely";
import type { AlertTables } from "./tables.js";

type Table = CreateTableBuilder<string, string>;

/**
 * Columns by type; a name that ends in `?` may be `null`. Times of the market are doubles, as they are in JavaScript:
 * a feed may say fractions of a millisecond.
 */
interface Columns {
  readonly text?: string;
  readonly integer?: string;
  readonly bigint?: string;
  readonly double?: string;
}

function withColumns(table: Table, { text, integer, bigint, double }: Columns): Table {
  const types = [
    ["text", text],
    ["integer", integer],
    ["bigint", bigint],
    ["double precision", double],
  ] as const;
  let result = table;
  for (const [type, names] of types) {
    for (const name of names?.split(" ") ?? []) {
      const optional = name.endsWith("?");
      result = result.addColumn(optional ? name.slice(0, -1) : name, type, (column) =>
        optional ? column : column.notNull(),
      );
    }
  }
  return result;
}

/** Every change of the tables, by name; a name once released never changes. */
const migrations: Readonly<Record<string, Migration>> = {
  "2026-11-alerts": {
    async up(db) {
      const create = async (name: string, key: readonly string[], columns: Columns) =>
        withColumns(db.schema.createTable(name) as Table, columns)
          .addPrimaryKeyConstraint(`${name}_key`, [...key])
          .execute();
      const index = (name: string, table: string, columns: readonly string[]) =>
        db.schema
          .createIndex(name)
          .on(table)
          .columns([...columns]);

      await create("alert_monitors", ["id"], {
        text: "id user_id symbol note rules tags strategy_id? on_no_data",
        integer: "enabled version",
        bigint: "cooldown_ms created_at updated_at revision",
        double: "armed_at?",
      });
      await index("alert_monitors_of_user", "alert_monitors", [
        "user_id",
        "created_at",
        "id",
      ]).execute();
      await index("alert_monitors_changed", "alert_monitors", ["revision"]).execute();
      await index("alert_monitors_of_strategy", "alert_monitors", ["strategy_id"])
        .where(sql.ref("strategy_id"), "is not", null)
        .execute();
      await create("alert_deleted_monitors", ["id"], {
        text: "id user_id",
        bigint: "created_at deleted_at revision",
      });
      await index("alert_monitors_deleted", "alert_deleted_monitors", ["revision"]).execute();
      await create("alert_strategies", ["id"], {
        text: "id user_id name note",
        integer: "version",
        bigint: "created_at updated_at",
      });
      await index("alert_strategies_of_user", "alert_strategies", ["user_id", "name"])
        .unique()
        .execute();
      await create("alert_rule_states", ["monitor_id", "rule_id"], {
        text: "monitor_id rule_id phase notified_id? muted? muted_seen?",
        integer: "monitor_version held spent",
        double: "since? pending_since? fired_at? fired_price? moved_at? snoozed_until?",
      });
      // Holds only what may have to be told later, so that asking every second costs nothing.
      await index("alert_rule_states_muted", "alert_rule_states", ["monitor_id"])
        .where(sql<boolean>`${sql.ref("muted")} in ('snooze', 'inhibited')`)
        .execute();
      await create("alert_causes", ["monitor_id", "rule_id"], {
        text: "monitor_id rule_id notification_id?",
        integer: "unclaimed",
        double: "notified_at? cooldown_until last_at unclaimed_first? unclaimed_last?",
      });
      await create("alert_silences", ["monitor_id"], {
        text: "monitor_id notification_id?",
        double: "last_at since ended_at?",
      });
      await create("alert_users", ["user_id"], {
        text: "user_id flood_times flood_id? digest_first?",
        integer: "flood_waiting digest_count",
        double: "flood_at? digest_due_at?",
      });
      await index("alert_users_flooded", "alert_users", ["user_id"])
        .where(sql.ref("flood_id"), "is not", null)
        .execute();
      await index("alert_users_digests", "alert_users", ["digest_due_at"])
        .where(sql.ref("digest_due_at"), "is not", null)
        .execute();
      await create("alert_notifications", ["id"], {
        text: "id user_id monitor_id? strategy_id? symbol? kind severity state push words fixed",
        integer: "revision covers suppressed_count",
        bigint: "seq stored_at updated_at read_at? acknowledged_at? archived_at?",
        double: "fired_at resolved_at? first_suppressed_at? last_suppressed_at? snoozed_until?",
      });
      await index("alert_notifications_inbox", "alert_notifications", ["user_id", "seq"])
        .unique()
        .execute();
      await index("alert_notifications_of_monitor", "alert_notifications", [
        "monitor_id",
        "seq",
      ]).execute();
      await index("alert_notifications_unread", "alert_notifications", ["user_id", "seq"])
        .where(sql.ref("read_at"), "is", null)
        .where(sql.ref("archived_at"), "is", null)
        .execute();
      await index("alert_notifications_firing", "alert_notifications", ["monitor_id"])
        .where(sql.ref("state"), "=", sql.lit("firing"))
        .execute();
      await create("alert_deliveries", ["id"], {
        text: "id sink recipient user_id notification_id status error? payload?",
        integer: "revision attempts",
        bigint: "ordinal at",
      });
      // Short however long the history is: only what has to go out, in its order.
      await index("alert_deliveries_waiting", "alert_deliveries", ["sink", "recipient", "ordinal"])
        .where(sql.ref("status"), "=", sql.lit("waiting"))
        .execute();
      await index("alert_deliveries_of_notification", "alert_deliveries", [
        "notification_id",
        "ordinal",
      ]).execute();
      await create("alert_queues", ["sink", "recipient"], {
        text: "sink recipient claimed_by?",
        integer: "waiting",
        bigint: "due_at claimed_until",
      });
      await index("alert_queues_due", "alert_queues", ["sink", "due_at"])
        .where(sql.ref("waiting"), ">", sql.lit(0))
        .execute();
      await create("alert_endpoints", ["id"], {
        text: "id user_id sink target secret? min_severity",
        integer: "enabled",
        bigint: "created_at",
      });
      await index("alert_endpoints_of_user", "alert_endpoints", ["user_id"]).execute();
      await create("alert_leases", ["partition"], {
        text: "owner",
        integer: "partition",
        bigint: "token expires_at",
      });
      await create("alert_workers", ["owner"], { text: "owner", bigint: "expires_at" });
      await create("alert_samples", ["symbol"], {
        text: "symbol",
        double: "price at",
      });
      await create("alert_state", ["key"], { text: "key value" });
      await create("alert_sequence", ["name"], { text: "name", bigint: "last" });
    },
  },
};

/**
 * Brings the tables up to date; does nothing when they are. Several processes may do it at once. Rejects with the
 * database's own error, and then has changed nothing of the step that failed.
 */
export async function migrateAlerts(db: Kysely<AlertTables>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: "alert_migrations",
    migrationLockTableName: "alert_migrations_lock",
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
