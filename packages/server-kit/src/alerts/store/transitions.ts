import { sql } from "kysely";
import { LeaseLostError } from "../errors.js";
import type { Transition } from "../transition.js";
import type { Recorded } from "./alert-store.js";
import { decide, releaseRule } from "./decide.js";
import { type PushRules, releaseUser } from "./flood.js";
import type { Lease } from "./lease-store.js";
import { type Ledger, ruleKey } from "./ledger.js";
import { closeLedger, openLedger } from "./ledger-sql.js";
import { fireId, silenceId } from "./notification.js";
import { fromText, toText } from "./text.js";
import { type AlertDb, type AlertTransaction, writing } from "./transact.js";

/** What recording needs besides the database. */
export interface RecordingContext {
  readonly db: AlertDb;
  readonly now: () => number;
  readonly push: PushRules;
}

const NOTHING: Recorded = { fired: [], resolved: [], suppressed: 0 };

/** Suppresses and stores transitions; see {@link TransitionStore.record}. */
export async function recordTransitions(
  { db, now, push }: RecordingContext,
  transitions: readonly Transition[],
  lease: Lease | undefined,
): Promise<Recorded> {
  if (transitions.length === 0) return NOTHING;
  return writing(db, async (trx) => {
    if (lease) await mustHold(trx, lease);
    const ledger = await openLedger(trx, {
      monitorIds: transitions.map(({ monitor }) => monitor.id),
      ruleKeys: new Set(
        transitions.flatMap((each) =>
          "rule" in each ? [ruleKey(each.monitor.id, each.rule.id)] : [],
        ),
      ),
      notificationIds: transitions.flatMap(idsOf),
    });
    decide(ledger, transitions, { now: now(), push });
    return recorded(trx, ledger);
  });
}

/** Ids of the notifications a transition may lead to. */
function idsOf(transition: Transition): readonly string[] {
  const { id } = transition.monitor;
  if (transition.type === "fired") return [fireId(id, transition.rule.id, transition.seen.at)];
  return transition.type === "no-data" ? [silenceId(id, transition.lastAt)] : [];
}

/**
 * Fails unless nobody has taken the lease over. What it compares is the token and not the time, so that a clock
 * that is wrong can do no harm; and nobody takes it over before this transaction has ended.
 */
async function mustHold(trx: AlertTransaction, { partition, owner, token }: Lease): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable("alert_leases")
    .set({ token })
    .where("partition", "=", partition)
    .where("owner", "=", toText(owner))
    .where("token", "=", token)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new LeaseLostError(partition);
}

async function recorded(trx: AlertTransaction, ledger: Ledger): Promise<Recorded> {
  const outgoing = await closeLedger(trx, ledger);
  return {
    fired: outgoing.filter(({ revision }) => revision === 1),
    resolved: outgoing.filter(({ revision, state }) => revision > 1 && state === "resolved"),
    suppressed: ledger.suppressed,
  };
}

/** Tells what was muted and is no longer; see {@link TransitionStore.releaseMuted}. */
export async function releaseMuted(
  { db, now, push }: RecordingContext,
  at: number,
): Promise<Recorded> {
  const circumstances = { now: now(), push };
  const release = (ledger: Ledger) => {
    for (const record of [...ledger.rules.all()]) releaseRule(ledger, record, at, circumstances);
    for (const user of [...ledger.users.all()]) {
      releaseUser(ledger, user, at, circumstances.now, push);
    }
  };
  const monitorIds = await mutedMonitors(db, at);
  const userIds = await waitingUsers(db, at);
  if (monitorIds.length === 0 && userIds.length === 0) return NOTHING;
  // First without locks and without writing: mostly nothing is to be told, and then nobody was in anybody's way.
  const outlook = await openLedger(db, { monitorIds, userIds });
  release(outlook);
  const changed = {
    monitorIds: outlook.rules.changed().map(({ monitorId }) => monitorId),
    userIds: outlook.users.changed().map(({ userId }) => userId),
  };
  if (changed.monitorIds.length === 0 && changed.userIds.length === 0) return NOTHING;
  return writing(db, async (trx) => {
    const ledger = await openLedger(trx, changed);
    release(ledger);
    return recorded(trx, ledger);
  });
}

async function mutedMonitors(db: AlertDb, at: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("alert_rule_states")
    .select("monitor_id")
    .distinct()
    // Literally, or SQLite would not use the index that holds nothing else.
    .where(sql<boolean>`muted in ('snooze', 'inhibited')`)
    .where(({ eb, or }) => or([eb("snoozed_until", "is", null), eb("snoozed_until", "<=", at)]))
    .execute();
  return rows.map(({ monitor_id }) => monitor_id);
}

async function waitingUsers(db: AlertDb, at: number): Promise<readonly string[]> {
  const digests = await db
    .selectFrom("alert_users")
    .select("user_id")
    .where("digest_due_at", "<=", at)
    .execute();
  const floods = await db
    .selectFrom("alert_users")
    .select("user_id")
    .where("flood_id", "is not", null)
    .execute();
  return [...digests, ...floods].map(({ user_id }) => fromText(user_id));
}
