import { type Kysely, type KyselyPlugin, PostgresAdapter, type Transaction } from "kysely";
import type { AlertTables } from "./tables.js";

/** The tables, inside a transaction or not. */
export type AlertDb = Kysely<AlertTables>;

/** The tables, inside a transaction. */
export type AlertTransaction = Transaction<AlertTables>;

/** Columns that are bigint, in whichever table. */
const BIGINTS: ReadonlySet<string> = new Set(
  (
    "revision cooldown_ms created_at updated_at deleted_at seq stored_at read_at acknowledged_at " +
    "archived_at ordinal at due_at claimed_until token expires_at last"
  ).split(" "),
);

/** Makes numbers of the text that `pg` hands out for them: all of ours are counts or times, far below 2⁵³. */
const numbers: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  async transformResult({ result }) {
    for (const row of result.rows) {
      for (const [name, value] of Object.entries(row)) {
        if (typeof value === "string" && BIGINTS.has(name)) row[name] = Number(value);
      }
    }
    return result;
  },
};

/** The tables as the code of this folder takes them, however the driver is set up to hand out numbers. */
export function withNumbers(db: AlertDb): AlertDb {
  return locksRows(db) ? db.withPlugin(numbers) : db;
}

/** Whether rows can be locked one by one. Where they cannot, a writer has locked the whole database. */
function locksRows(db: AlertDb): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/**
 * Within a transaction, adds `for update` where the database knows it: whoever reads the same rows so waits for the
 * end of this transaction.
 */
export function lockedRows<Query extends { forUpdate(): Query }>(db: AlertDb, query: Query): Query {
  return db.isTransaction && locksRows(db) ? query.forUpdate() : query;
}

/**
 * Runs a transaction that writes. To have no two wait for each other, everybody takes locks in one order: lease,
 * monitors by id, users by id, then anything of theirs, then sequences, then queues by sink and recipient.
 */
export function writing<T>(db: AlertDb, work: (trx: AlertTransaction) => Promise<T>): Promise<T> {
  if (locksRows(db)) {
    // Each statement has to see what was committed while it waited for a lock.
    return db.transaction().setIsolationLevel("read committed").execute(work);
  }
  return db.transaction().execute(async (trx) => {
    // Writing first takes the write lock at once; having read first, it could not be had any more.
    await trx
      .updateTable("alert_sequence")
      .set({ last: 0 })
      .where("name", "=", "no such name")
      .execute();
    return work(trx);
  });
}

/**
 * Takes `count` numbers; resolves with the first. They come from a row rather than from the database's own counter:
 * its lock is held until the commit, so the order of the numbers is the order of the commits, and a reader by
 * cursor passes nothing that appears later.
 */
export async function takeNumbers(
  trx: AlertTransaction,
  name: "monitors" | "notifications" | "deliveries",
  count: number,
): Promise<number> {
  const { last } = await trx
    .insertInto("alert_sequence")
    .values({ name, last: count })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet(({ ref, eb }) => ({
        last: eb(ref("alert_sequence.last"), "+", count),
      })),
    )
    .returning("last")
    .executeTakeFirstOrThrow();
  return last - count + 1;
}

/** As many parameters as every database takes in one statement, with room to spare. */
const MOST_PARAMETERS = 2000;

/** Cuts a list into parts that fit into one statement each, with so many parameters for each of its items. */
export function* inParts<T>(items: readonly T[], parameters = 1): Generator<readonly T[]> {
  const size = Math.floor(MOST_PARAMETERS / parameters);
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/** Runs a query for each part of a list and joins what it finds. */
export async function eachPart<T, R>(
  items: readonly T[],
  query: (part: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const found: R[] = [];
  for (const part of inParts(items)) found.push(...(await query(part)));
  return found;
}
