import type { Kysely } from "kysely";
import type { DedupStore } from "../store/dedup-store.js";
import type { AlertTables } from "./tables.js";

/**
 * A {@link DedupStore} in the alert database. Given a transaction, a claim and what it was claimed for are
 * committed together or not at all: no crash leaves a cause muted that nobody was told of.
 *
 * @param now - the clock of the claims, milliseconds; alerts use market time.
 */
export function sqlClaims(db: Kysely<AlertTables>, now: () => number): DedupStore {
  return {
    async claim(key, ttlMs) {
      const at = now();
      const expires_at = at + ttlMs;
      // One statement: of two writers, the second waits for the first and then sees its row.
      const won = await db
        .insertInto("alert_claims")
        .values({ key, expires_at, value: null })
        .onConflict((conflict) =>
          conflict
            .column("key")
            .doUpdateSet({ expires_at, value: null })
            .where("alert_claims.expires_at", "<=", at),
        )
        .returning("key")
        .executeTakeFirst();
      if (won) return { won: true };
      const held = await db
        .selectFrom("alert_claims")
        .select("value")
        .where("key", "=", key)
        .executeTakeFirst();
      return { won: false, value: held?.value ?? undefined };
    },
    async settle(key, value) {
      await db.updateTable("alert_claims").set({ value }).where("key", "=", key).execute();
    },
    async release(key) {
      await db.deleteFrom("alert_claims").where("key", "=", key).execute();
    },
    async [Symbol.asyncDispose]() {}, // the caller owns the database
  };
}
