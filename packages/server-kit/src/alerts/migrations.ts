import { type Kysely, type Migration, Migrator, sql } from "kysely";
import type { AlertTables } from "./tables.js";

/** Every change of the tables, by name; a name once released never changes. */
const migrations: Readonly<Record<string, Migration>> = {
  "2026-11-alerts": {
    async up(db) {
      await db.schema
        .createTable("alert_monitors")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("symbol", "text", (column) => column.notNull())
        .addColumn("note", "text", (column) => column.notNull())
        .addColumn("enabled", "integer", (column) => column.notNull())
        .addColumn("rules", "text", (column) => column.notNull())
        .addColumn("cooldown_ms", "bigint", (column) => column.notNull())
        .addColumn("version", "integer", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("updated_at", "bigint", (column) => column.notNull())
        .addColumn("armed_at", "bigint")
        .execute();
      await db.schema
        .createIndex("alert_monitors_by_user")
        .on("alert_monitors")
        .columns(["user_id", "created_at", "id"])
        .execute();
      await db.schema
        .createTable("alert_notifications")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("seq", "bigint", (column) => column.notNull().unique())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("monitor_id", "text", (column) => column.notNull())
        .addColumn("monitor_version", "integer", (column) => column.notNull())
        .addColumn("symbol", "text", (column) => column.notNull())
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("rule", "text", (column) => column.notNull())
        .addColumn("price", "double precision", (column) => column.notNull())
        .addColumn("previous_price", "double precision")
        .addColumn("level", "double precision", (column) => column.notNull())
        .addColumn("fired_at", "bigint", (column) => column.notNull())
        .addColumn("stored_at", "bigint", (column) => column.notNull())
        .addColumn("cooldown_until", "bigint", (column) => column.notNull())
        .addColumn("suppressed_count", "integer", (column) => column.notNull())
        .addColumn("last_suppressed_at", "bigint")
        .addColumn("title", "text", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addColumn("published_at", "bigint")
        .execute();
      await db.schema
        .createIndex("alert_notifications_by_user")
        .on("alert_notifications")
        .columns(["user_id", "seq"])
        .execute();
      // Holds only what still has to go out, so the outbox reads a short index however long the history is.
      await db.schema
        .createIndex("alert_notifications_unpublished")
        .on("alert_notifications")
        .column("seq")
        .where(sql.ref("published_at"), "is", null)
        .execute();
      await db.schema
        .createTable("alert_claims")
        .addColumn("key", "text", (column) => column.primaryKey())
        .addColumn("value", "text")
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("alert_sequence")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("value", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("service_state")
        .addColumn("key", "text", (column) => column.primaryKey())
        .addColumn("value", "text", (column) => column.notNull())
        .execute();
    },
  },
  "2026-11-claim-tokens": {
    async up(db) {
      await db.schema.alterTable("alert_claims").addColumn("token", "text").execute();
    },
  },
};

/**
 * Brings the tables up to date; does nothing when they are. Several processes may do it at once on a database
 * that locks. Rejects with the database's own error, and then has changed nothing of the step that failed.
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
