import type { FeedTransition, RuleTransition, Transition } from "../transition.js";
import { count, isInhibited, mutedBy, newCause } from "./cause.js";
import { admit, type PushRules, revise } from "./flood.js";
import { inhibitorsFirst } from "./inhibitors-first.js";
import { type Ledger, type RuleRecord, ruleKey, ruleOf, type Watched } from "./ledger.js";
import { type Fire, fireNotification, silenceNotification } from "./notification.js";

/** What decisions depend on besides the ledger. */
export interface Circumstances {
  /** Server time, milliseconds since 1970. */
  readonly now: number;
  readonly push: PushRules;
}

/**
 * Decides what becomes of transitions, in their order. Deciding on the same ones again changes nothing.
 */
export function decide(
  ledger: Ledger,
  transitions: readonly Transition[],
  circumstances: Circumstances,
): void {
  for (const transition of inhibitorsFirst(transitions)) {
    const watched = ledger.watched.get(transition.monitor.id);
    if (!watched) continue; // deleted meanwhile; its owner wants to hear no more of it
    if ("rule" in transition) {
      decideRule(ledger, watched, transition, circumstances);
    } else if (transition.monitor.version === watched.version) {
      decideFeed(ledger, transition, circumstances);
    }
  }
}

function decideRule(
  ledger: Ledger,
  watched: Watched,
  transition: RuleTransition,
  circumstances: Circumstances,
): void {
  const { monitor, rule, seen, memory } = transition;
  if (monitor.version < watched.version) {
    if (transition.type === "fired") decideBygone(ledger, watched, transition, circumstances);
    return;
  }
  const key = ruleKey(monitor.id, rule.id);
  const before = ledger.rules.get(key) ?? unmoved(transition);
  if (before.movedAt !== null && seen.at < before.movedAt) return; // known from another worker, or before a crash
  const moved = { ...before, ...memory, movedAt: seen.at };
  switch (transition.type) {
    case "fired":
      if (before.movedAt === seen.at && before.firedAt === seen.at && before.phase === "firing") {
        return; // this very fire
      }
      decideFire(ledger, watched, transition, before, circumstances);
      return;
    case "resolved":
      resolve(ledger, before.notifiedId, seen.at, circumstances.now);
      ledger.rules.set(key, { ...moved, notifiedId: null, muted: null, mutedSeen: null });
      return;
    case "pending":
    case "lapsed":
      ledger.rules.set(key, moved);
      return;
    default:
      transition.type satisfies never;
  }
}

function decideFire(
  ledger: Ledger,
  watched: Watched,
  transition: RuleTransition,
  before: RuleRecord,
  circumstances: Circumstances,
): void {
  const { monitor, rule, seen, memory } = transition;
  const key = ruleKey(monitor.id, rule.id);
  const moved = { ...before, ...memory, movedAt: seen.at };
  const muted = mutedBy(ledger, transition, before);
  if (muted) {
    count(ledger, key, seen.at, transition);
    const stands = before.notifiedId !== null; // it fired again without having been quiet
    const later = !stands && (muted === "snooze" || muted === "inhibited");
    ledger.rules.set(key, {
      ...moved,
      muted: stands ? null : muted,
      mutedSeen: later ? seen : null,
    });
    return;
  }
  resolve(ledger, before.notifiedId, seen.at, circumstances.now);
  const { pendingSince } = memory;
  // The monitor as it was evaluated, in the strategy it is in now: that is no part of its version.
  const told = { ...monitor, strategyId: watched.strategyId };
  const fire = { monitor: told, rule, seen, pendingSince, reason: "fired" } as const;
  notify(ledger, moved, fire, seen.at, circumstances);
}

/**
 * A fire of an earlier version of the monitor. When it happened before the change, it counts: it is told, or
 * suppressed, and over at once, as the change has ended everything. Otherwise a worker did not know of the change.
 */
function decideBygone(
  ledger: Ledger,
  { armedAt }: Watched,
  transition: RuleTransition,
  circumstances: Circumstances,
): void {
  const { monitor, rule, seen } = transition;
  const key = ruleKey(monitor.id, rule.id);
  const cause = ledger.causes.get(key);
  if (armedAt === null || seen.at > armedAt || (cause && seen.at <= cause.lastAt)) return;
  if (mutedBy(ledger, transition, ledger.rules.get(key))) {
    return count(ledger, key, seen.at, transition);
  }
  const fire = { monitor, rule, seen, pendingSince: null, reason: "fired" } as const;
  const id = tell(ledger, fire, seen.at, circumstances);
  resolve(ledger, id, seen.at, circumstances.now);
}

function unmoved({ memory }: RuleTransition): RuleRecord {
  return {
    ...memory,
    movedAt: null,
    notifiedId: null,
    muted: null,
    mutedSeen: null,
    snoozedUntil: null,
    spent: false,
  };
}

type NewFire = Omit<Fire, "cooldownUntil" | "storedAt">;

/** Tells of a fire that stands, and keeps that it was told. */
function notify(
  ledger: Ledger,
  moved: RuleRecord,
  fire: NewFire,
  at: number,
  circumstances: Circumstances,
): void {
  const notifiedId = tell(ledger, fire, at, circumstances);
  ledger.rules.set(ruleKey(moved.monitorId, moved.ruleId), {
    ...moved,
    notifiedId,
    muted: null,
    mutedSeen: null,
    spent: moved.spent || fire.rule.repeat === "once",
  });
}

/** Writes the notification of a fire, which holds the cause from `at` on; returns its id. */
function tell(ledger: Ledger, fire: NewFire, at: number, { now, push }: Circumstances): string {
  const { monitor, rule, seen } = fire;
  const key = ruleKey(monitor.id, rule.id);
  const cause = ledger.causes.get(key) ?? newCause(monitor.id, rule.id);
  const cooldownUntil = at + (rule.cooldownMs ?? monitor.cooldownMs);
  const notification = fireNotification({ ...fire, cooldownUntil, storedAt: now });
  if (ledger.notifications.get(notification.id)) return notification.id; // told before
  const { unclaimed } = cause;
  ledger.causes.set(key, {
    ...newCause(monitor.id, rule.id),
    notificationId: notification.id,
    notifiedAt: at,
    cooldownUntil,
    lastAt: Math.max(cause.lastAt, seen.at),
  });
  admit(
    ledger,
    {
      ...notification,
      suppressedCount: unclaimed.count,
      firstSuppressedAt: unclaimed.first,
      lastSuppressedAt: unclaimed.last,
    },
    at,
    push,
  );
  return notification.id;
}

/** Says that what was told is over; never of what was not told (traps 4 and 5). */
export function resolve(ledger: Ledger, id: string | null, at: number, now: number): void {
  const notification = id === null ? undefined : ledger.notifications.get(id);
  if (!notification || notification.state === "resolved") return;
  const to = notification.push === "now" ? "everybody" : "inbox";
  revise(ledger, notification, { state: "resolved", resolvedAt: at }, now, to);
}

function decideFeed(
  ledger: Ledger,
  transition: FeedTransition,
  { now, push }: Circumstances,
): void {
  const { monitor, at, lastAt, type } = transition;
  const known = ledger.silences.get(monitor.id);
  if (type === "data") {
    if (known?.lastAt !== lastAt || known.endedAt !== null) return;
    resolve(ledger, known.notificationId, at, now);
    ledger.silences.set(monitor.id, { ...known, endedAt: at });
    return;
  }
  if (known && lastAt <= known.lastAt) return;
  // Should data have come back unheard of, the silence before is over all the same.
  if (known?.endedAt === null) resolve(ledger, known.notificationId, at, now);
  const notification = silenceNotification(transition, now);
  const tells = monitor.onNoData === "notify";
  ledger.silences.set(monitor.id, {
    monitorId: monitor.id,
    lastAt,
    since: at,
    endedAt: null,
    notificationId: tells ? notification.id : null,
  });
  if (tells && !ledger.notifications.get(notification.id)) admit(ledger, notification, at, push);
}

/**
 * Tells of a fire that was muted, stands, and is muted no longer. Not while the feed is silent: whether it still
 * stands is then anybody's guess.
 */
export function releaseRule(
  ledger: Ledger,
  record: RuleRecord,
  at: number,
  circumstances: Circumstances,
): void {
  const watched = ledger.watched.get(record.monitorId);
  if (!watched || record.monitorVersion !== watched.version) return;
  const monitor = watched.monitor();
  const rule = ruleOf(monitor, record.ruleId);
  const { muted, mutedSeen, phase } = record;
  if (!rule) return;
  if (phase !== "firing" || !mutedSeen || mutedSeen.at > at) return;
  if (muted !== "snooze" && muted !== "inhibited") return;
  const silence = ledger.silences.get(record.monitorId);
  if (silence && silence.endedAt === null) return;
  if (record.snoozedUntil !== null && record.snoozedUntil > at) return;
  if (isInhibited(ledger, monitor, rule)) {
    if (muted !== "inhibited") {
      ledger.rules.set(ruleKey(record.monitorId, record.ruleId), { ...record, muted: "inhibited" });
    }
    return;
  }
  const reason = muted === "snooze" ? "snooze-ended" : "inhibition-ended";
  const fire = {
    monitor,
    rule,
    seen: mutedSeen,
    pendingSince: record.pendingSince,
    reason,
  } as const;
  notify(ledger, record, fire, at, circumstances);
}
