import type { Monitor, RuleState } from "@tocsin/protocol/alerts";
import type { MonitorStore, TransitionStore } from "./alert-store.js";
import { type RuleRecord, ruleKey } from "./ledger.js";
import { ruleOfRow, ruleRow } from "./ledger-rows.js";
import { rowOf } from "./monitors.js";
import { monitorOfRow } from "./rows.js";
import { toText } from "./text.js";
import { type AlertDb, eachPart, writing } from "./transact.js";

/** Says where rules stand, and snoozes them. */
export function ruleStateTable(
  db: AlertDb,
): Pick<MonitorStore, "ruleStates" | "snooze"> & Pick<TransitionStore, "memoryOf"> {
  return {
    ruleStates: (userId, monitorId) => ruleStates(db, userId, monitorId),
    snooze: (userId, monitorId, ruleId, until) =>
      writing(db, async (trx) => {
        const row = await rowOf(trx, userId, monitorId);
        if (!row) return false;
        const monitor = monitorOfRow(row);
        const rules = monitor.rules.filter(({ id }) => ruleId === undefined || id === ruleId);
        if (rules.length === 0) return false;
        const rows = rules.map(({ id }) =>
          ruleRow({ ...unseen(monitor, id), snoozedUntil: until }),
        );
        await trx
          .insertInto("alert_rule_states")
          .values(rows)
          .onConflict((conflict) =>
            conflict.columns(["monitor_id", "rule_id"]).doUpdateSet({ snoozed_until: until }),
          )
          .execute();
        return true;
      }),
    async memoryOf(monitorIds) {
      const rows = await eachPart([...new Set(monitorIds)], (part) =>
        db
          .selectFrom("alert_rule_states")
          .selectAll()
          .where("monitor_id", "in", part)
          .where("moved_at", "is not", null)
          .execute(),
      );
      return rows.map((row) => {
        const { monitorVersion, ruleId, phase, since, pendingSince, firedAt, firedPrice, held } =
          ruleOfRow(row);
        return {
          monitorId: row.monitor_id,
          monitorVersion,
          ruleId,
          phase,
          since,
          pendingSince,
          firedAt,
          firedPrice,
          held,
        };
      });
    },
  };
}

/** Where a rule stands that has seen nothing. */
function unseen({ id, version }: Monitor, ruleId: string): RuleRecord {
  return {
    monitorId: id,
    monitorVersion: version,
    ruleId,
    phase: "inactive",
    since: null,
    pendingSince: null,
    firedAt: null,
    firedPrice: null,
    held: false,
    movedAt: null,
    notifiedId: null,
    muted: null,
    mutedSeen: null,
    snoozedUntil: null,
    spent: false,
  };
}

async function ruleStates(
  db: AlertDb,
  userId: string,
  monitorId: string | undefined,
): Promise<readonly RuleState[]> {
  const own = db
    .selectFrom("alert_monitors")
    .where("alert_monitors.user_id", "=", toText(userId))
    .$if(monitorId !== undefined, (query) =>
      query.where("alert_monitors.id", "=", toText(monitorId ?? "")),
    );
  const monitors = (
    await own.selectAll("alert_monitors").orderBy("created_at").orderBy("id").execute()
  ).map(monitorOfRow);
  const states = await own
    .innerJoin("alert_rule_states", "alert_rule_states.monitor_id", "alert_monitors.id")
    .selectAll("alert_rule_states")
    .execute();
  const silences = await own
    .innerJoin("alert_silences", "alert_silences.monitor_id", "alert_monitors.id")
    .select(["alert_silences.monitor_id", "alert_silences.since"])
    .where("alert_silences.ended_at", "is", null)
    .execute();
  const samples = await own
    .innerJoin("alert_samples", "alert_samples.symbol", "alert_monitors.symbol")
    .select(["alert_monitors.id", "alert_samples.at"])
    .execute();
  const records = new Map(
    states.map((row) => [ruleKey(row.monitor_id, row.rule_id), ruleOfRow(row)]),
  );
  const silentSince = new Map(silences.map((row) => [row.monitor_id, row.since]));
  const marketTime = new Map(samples.map((row) => [row.id, row.at]));
  return monitors.flatMap((monitor) =>
    monitor.rules.map((rule): RuleState => {
      const record = records.get(ruleKey(monitor.id, rule.id)) ?? unseen(monitor, rule.id);
      const silent = silentSince.get(monitor.id);
      const expired =
        rule.expiresAt !== null && (marketTime.get(monitor.id) ?? 0) >= rule.expiresAt;
      return {
        monitorId: monitor.id,
        ruleId: rule.id,
        phase: silent === undefined ? record.phase : "no-data",
        since: silent ?? record.since,
        pendingSince: record.pendingSince,
        firedAt: record.firedAt,
        firedPrice: record.firedPrice,
        snoozedUntil: record.snoozedUntil,
        spent: record.spent || expired,
      };
    }),
  );
}
