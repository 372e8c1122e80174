import type { Lease, LeaseStore } from "./lease-store.js";
import type { LeaseRow } from "./tables.js";
import { fromText, toText } from "./text.js";
import { type AlertDb, writing } from "./transact.js";

/** Shares partitions among workers; see {@link LeaseStore}. */
export function leaseTable(db: AlertDb, now: () => number): LeaseStore {
  return {
    async acquire(partition, owner, ttlMs) {
      const at = now();
      const held = { owner: toText(owner), expires_at: at + ttlMs };
      // One statement: of two workers the second waits for the first, and then sees its lease.
      const [row] = await db
        .insertInto("alert_leases")
        .values({ partition, token: 1, ...held })
        .onConflict((conflict) =>
          conflict
            .column("partition")
            .doUpdateSet(({ eb, ref }) => ({
              ...held,
              token: eb(ref("alert_leases.token"), "+", 1),
            }))
            .where("alert_leases.expires_at", "<=", at),
        )
        .returningAll()
        .execute();
      return row && leaseOfRow(row);
    },
    async renew(leases, ttlMs) {
      const expires_at = now() + ttlMs;
      return eachLease(db, leases, (trx, { partition, owner, token }) =>
        trx
          .updateTable("alert_leases")
          .set({ expires_at })
          .where("partition", "=", partition)
          .where("owner", "=", toText(owner))
          .where("token", "=", token)
          .returningAll()
          .execute(),
      );
    },
    async release(leases) {
      // The row stays, so that the next owner's token is greater.
      await eachLease(db, leases, (trx, { partition, owner, token }) =>
        trx
          .updateTable("alert_leases")
          .set({ expires_at: 0 })
          .where("partition", "=", partition)
          .where("owner", "=", toText(owner))
          .where("token", "=", token)
          .returningAll()
          .execute(),
      );
    },
    async held() {
      const rows = await db
        .selectFrom("alert_leases")
        .selectAll()
        .where("expires_at", ">", now())
        .orderBy("partition")
        .execute();
      return rows.map(leaseOfRow);
    },
    async announce(owner, ttlMs) {
      const at = now();
      const expires_at = at + ttlMs;
      await db
        .insertInto("alert_workers")
        .values({ owner: toText(owner), expires_at })
        .onConflict((conflict) => conflict.column("owner").doUpdateSet({ expires_at }))
        .execute();
      await db.deleteFrom("alert_workers").where("expires_at", "<=", at).execute();
      const rows = await db
        .selectFrom("alert_workers")
        .select("owner")
        .where("expires_at", ">", at)
        .orderBy("owner")
        .execute();
      return rows.map((row) => fromText(row.owner));
    },
  };
}

/** Runs a statement for each lease, in one order and in one transaction; resolves with what is still held. */
async function eachLease(
  db: AlertDb,
  leases: readonly Lease[],
  statement: (db: AlertDb, lease: Lease) => Promise<readonly LeaseRow[]>,
): Promise<readonly Lease[]> {
  if (leases.length === 0) return [];
  const sorted = [...leases].sort((a, b) => a.partition - b.partition);
  return writing(db, async (trx) => {
    const held: Lease[] = [];
    for (const lease of sorted) held.push(...(await statement(trx, lease)).map(leaseOfRow));
    return held;
  });
}

function leaseOfRow({ partition, owner, token, expires_at }: LeaseRow): Lease {
  return { partition, owner: fromText(owner), token, expiresAt: expires_at };
}
