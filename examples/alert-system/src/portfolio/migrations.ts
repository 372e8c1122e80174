import { type Kysely, type Migration, Migrator } from "kysely";

/** The tables of the example beside those of the alerts. */
export interface HoldingTables {
  example_holdings: HoldingRow;
}

/** One holding of a user; several of one instrument are bought at several prices. */
export interface HoldingRow {
  user_id: string;
  /** Its place in the list. */
  place: number;
  instrument: string;
  quantity: number;
  cost: number;
}

const migrations: Readonly<Record<string, Migration>> = {
  "2026-11-holdings": {
    async up(db) {
      await db.schema
        .createTable("example_holdings")
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("place", "integer", (column) => column.notNull())
        .addColumn("instrument", "text", (column) => column.notNull())
        .addColumn("quantity", "double precision", (column) => column.notNull())
        .addColumn("cost", "double precision", (column) => column.notNull())
        .addPrimaryKeyConstraint("example_holdings_key", ["user_id", "place"])
        .execute();
    },
  },
};

/** Brings the table of holdings up to date; does nothing when it is. */
export async function migrateHoldings<Tables>(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: "example_migrations",
    migrationLockTableName: "example_migrations_lock",
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
