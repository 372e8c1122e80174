import type { PresenceMember } from "@tocsin/protocol";
import { bySinceThenClient } from "../store/presence-memory.js";
import type { PresenceStore } from "../store/presence-store.js";
import { columnText } from "./names.js";
import type { Postgres } from "./open-postgres.js";

/** Settings of {@link postgresPresenceStore}. */
export interface PostgresPresenceOptions {
  /** How long an entry lives without renewal, in milliseconds. Default 60,000. */
  readonly ttlMs?: number;
  /** Milliseconds since 1970. Default: the clock of the server, which all nodes share. */
  readonly now?: () => number;
}

/**
 * Knows who is on a channel, on every node. Members of a node that died are gone `ttlMs` after their last renewal, by
 * the clock of the server; their rows go when others join. The caller owns the pool and closes it.
 */
export function postgresPresenceStore(
  { query, schema: s }: Pick<Postgres, "query" | "schema">,
  { ttlMs = 60_000, now }: PostgresPresenceOptions = {},
): PresenceStore {
  const time = () => now?.() ?? null;
  return {
    ttlMs,
    async join(channel, member) {
      await query(
        `WITH cleared AS (
           DELETE FROM ${s}.members WHERE ctid = ANY (ARRAY(
             SELECT m.ctid FROM ${s}.members m
             WHERE m.ends <= ${s}.now_ms($5) AND NOT (m.channel = $1 AND m.client = $2)
             ORDER BY m.ends LIMIT 8 FOR UPDATE SKIP LOCKED)))
         INSERT INTO ${s}.members (channel, client, ends, member)
         VALUES ($1, $2, ${s}.now_ms($5) + $3, $4)
         ON CONFLICT (channel, client) DO UPDATE SET ends = excluded.ends, member = excluded.member`,
        [columnText(channel), columnText(member.clientId), ttlMs, JSON.stringify(member), time()],
      );
    },
    async leave(channel, clientId) {
      await query(`DELETE FROM ${s}.members WHERE channel = $1 AND client = $2`, [
        columnText(channel),
        columnText(clientId),
      ]);
    },
    async members(channel) {
      const rows = await query(
        `SELECT member FROM ${s}.members WHERE channel = $1 AND ends > ${s}.now_ms($2)`,
        [columnText(channel), time()],
      );
      const members: PresenceMember[] = rows.map(({ member }) => JSON.parse(String(member)));
      return members.sort(bySinceThenClient);
    },
    async [Symbol.asyncDispose]() {},
  } satisfies PresenceStore;
}
