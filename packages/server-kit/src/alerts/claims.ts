import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { DedupStore } from "../store/dedup-store.js";
import type { AlertTables } from "./tables.js";

/** How a key is stored: as JSON, because text in a database has no form for a zero character or half a pair. */
export function claimKey(key: string): string {
  return JSON.stringify(key);
}

/**
 * A {@link DedupStore} in the alert database. Given a transaction, a claim and what it was claimed for are
 * committed together or not at all: no crash leaves a cause muted that nobody was told of.
 *
 * @param now - the clock of the claims, milliseconds; alerts use market time.
 */
export function sqlClaims(db: Kysely<AlertTables>, now: () => number): DedupStore {
  return {
    async claim(text, ttlMs) {
      const key = claimKey(text);
      const at = now();
      const expires_at = at + ttlMs;
      const token = randomUUID();
      // One statement: of two writers, the second waits for the first and then sees its row.
      const won = await db
        .insertInto("alert_claims")
        .values({ key, expires_at, value: null, token })
        .onConflict((conflict) =>
          conflict
            .column("key")
            .doUpdateSet({ expires_at, value: null, token })
            .where("alert_claims.expires_at", "<=", at),
        )
        .returning("key")
        .executeTakeFirst();
      if (won) return { won: true, token };
      const held = await db
        .selectFrom("alert_claims")
        .select("value")
        .where("key", "=", key)
        .executeTakeFirst();
      const value = held?.value;
      return { won: false, value: typeof value === "string" ? JSON.parse(value) : undefined };
    },
    async settle(key, text, token) {
      const value = JSON.stringify(text);
      await db
        .updateTable("alert_claims")
        .set({ value })
        .where("key", "=", claimKey(key))
        .where("token", "=", token)
        .execute();
    },
    async release(key, token) {
      await db
        .deleteFrom("alert_claims")
        .where("key", "=", claimKey(key))
        .where("token", "=", token)
        .execute();
    },
    async [Symbol.asyncDispose]() {}, // the caller owns the database
  };
}
