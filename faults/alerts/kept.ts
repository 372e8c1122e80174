import { join } from "node:path";
import type { AlertNotification, Monitor } from "@tocsin/protocol/alerts";
import { type AlertTables, kyselyAlertStore } from "@tocsin/server-kit/alerts";
import { openSqlite } from "@tocsin/server-kit/sqlite";
import { Kysely, SqliteDialect } from "kysely";

/** What the database of an alert server holds of one user. */
export interface Kept {
  readonly user: string;
  readonly monitors: readonly Monitor[];
  readonly notifications: readonly AlertNotification[];
}

const PAGE = 1_000;

/** Reads the database without the server that wrote it. */
export async function keptBy(directory: string, users: readonly string[]): Promise<Kept[]> {
  const db = new Kysely<AlertTables>({
    dialect: new SqliteDialect({ database: openSqlite(join(directory, "alerts.sqlite")) }),
  });
  try {
    const store = kyselyAlertStore(db);
    const kept: Kept[] = [];
    for (const user of users) {
      const notifications: AlertNotification[] = [];
      for (let before: number | undefined; ; before = notifications.at(-1)?.seq) {
        const query = { limit: PAGE, ...(before !== undefined && { before }) };
        const page = await store.notifications(user, query);
        notifications.push(...page);
        if (page.length < PAGE) break;
      }
      kept.push({ user, monitors: await store.monitorsOf(user), notifications });
    }
    return kept;
  } finally {
    await db.destroy();
  }
}
