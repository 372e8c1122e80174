import type { AlertRule, Monitor } from "@tocsin/protocol/alerts";
import type { RuleTransition } from "../transition.js";
import {
  type Cause,
  type Counted,
  type Ledger,
  type Muted,
  type RuleRecord,
  ruleKey,
} from "./ledger.js";

/** Why nobody is told of a fire; `undefined` when somebody is. */
export function mutedBy(
  ledger: Ledger,
  { monitor, rule, seen: { at } }: RuleTransition,
  record: RuleRecord | undefined,
): Muted | undefined {
  const cause = ledger.causes.get(ruleKey(monitor.id, rule.id));
  const notifiedAt = cause?.notifiedAt ?? null;
  if (record?.spent) return "spent";
  if (rule.repeat === "once-per-bar" && notifiedAt !== null) {
    if (bar(at, rule) <= bar(notifiedAt, rule)) return "bar";
  }
  if (cause && notifiedAt !== null && at < cause.cooldownUntil) return "cooldown";
  if (record && record.snoozedUntil !== null && record.snoozedUntil > at) return "snooze";
  return isInhibited(ledger, monitor, rule) ? "inhibited" : undefined;
}

const bar = (at: number, { barMs }: AlertRule) => Math.floor(at / barMs);

/** Whether another rule of the monitor fires, and its owner was told: only then may this one be quiet. */
export function isInhibited(ledger: Ledger, monitor: Monitor, { inhibitedBy }: AlertRule): boolean {
  return inhibitedBy.some((id) => {
    const other = ledger.rules.get(ruleKey(monitor.id, id));
    return other?.phase === "firing" && other.notifiedId !== null;
  });
}

/** Counts a suppressed fire on the notification that holds its cause, each market time once. */
export function count(
  ledger: Ledger,
  key: string,
  at: number,
  { monitor, rule }: Pick<RuleTransition, "monitor" | "rule">,
): void {
  const cause = ledger.causes.get(key) ?? newCause(monitor.id, rule.id);
  if (at <= cause.lastAt) return;
  ledger.suppressed += 1;
  const holder =
    cause.notificationId === null ? undefined : ledger.notifications.get(cause.notificationId);
  if (!holder) {
    ledger.causes.set(key, { ...cause, lastAt: at, unclaimed: oneMore(cause.unclaimed, at) });
    return;
  }
  ledger.causes.set(key, { ...cause, lastAt: at });
  const { count, first, last } = oneMore(
    {
      count: holder.suppressedCount,
      first: holder.firstSuppressedAt,
      last: holder.lastSuppressedAt,
    },
    at,
  );
  // No revision: a price that oscillates would push everything else out of the inbox channel.
  ledger.notifications.set(holder.id, {
    ...holder,
    suppressedCount: count,
    firstSuppressedAt: first,
    lastSuppressedAt: last,
  });
}

/** A cause nobody was told of yet. */
export function newCause(monitorId: string, ruleId: string): Cause {
  return {
    monitorId,
    ruleId,
    notificationId: null,
    notifiedAt: null,
    cooldownUntil: 0,
    lastAt: Number.NEGATIVE_INFINITY,
    unclaimed: { count: 0, first: null, last: null },
  };
}

function oneMore({ count, first }: Counted, at: number): Counted {
  return { count: count + 1, first: first ?? at, last: at };
}
