import type { AlertNotification, AlertRule, Monitor } from "@tocsin/protocol/alerts";
import { describeRule } from "../rules/rule.js";
import type { FeedTransition, Sighting } from "../transition.js";

/**
 * The id of the notification of a fire: what fired, and at which market time. Evaluating the same tick again, in
 * another process or after a crash, comes to the same id, and the database takes each id once.
 */
export function fireId(monitorId: string, ruleId: string, at: number): string {
  return `${monitorId}.${ruleId}.${at}`;
}

/** The id of the notification of a silence: it is named by the tick before it. */
export function silenceId(monitorId: string, lastAt: number): string {
  return `${monitorId}.no-data.${lastAt}`;
}

/** What all notifications begin with. The store gives `seq` its number. */
function blank(userId: string, storedAt: number) {
  return {
    seq: 0,
    revision: 1,
    userId,
    monitorId: null,
    monitorVersion: null,
    strategyId: null,
    ruleId: null,
    symbol: null,
    venue: null,
    tags: [],
    rule: null,
    price: null,
    previousPrice: null,
    level: null,
    referencePrice: null,
    changePercent: null,
    pendingSince: null,
    resolvedAt: null,
    feedAt: null,
    receivedAt: null,
    storedAt,
    updatedAt: storedAt,
    suppressedCount: 0,
    firstSuppressedAt: null,
    lastSuppressedAt: null,
    push: "now",
    covers: 0,
    readAt: null,
    acknowledgedAt: null,
    snoozedUntil: null,
    archivedAt: null,
  } satisfies Partial<AlertNotification>;
}

/** What a notification of a fire is made from. */
export interface Fire {
  readonly monitor: Monitor;
  readonly rule: AlertRule;
  readonly seen: Sighting;
  readonly pendingSince: number | null;
  readonly reason: "fired" | "snooze-ended" | "inhibition-ended";
  readonly cooldownUntil: number;
  readonly storedAt: number;
}

/** Writes the notification of a fire. Texts are plain text; whoever shows them escapes them. */
export function fireNotification(fire: Fire): AlertNotification {
  const { monitor, rule, seen } = fire;
  return {
    ...blank(monitor.userId, fire.storedAt),
    id: fireId(monitor.id, rule.id, seen.at),
    monitorId: monitor.id,
    monitorVersion: monitor.version,
    strategyId: monitor.strategyId,
    ruleId: rule.id,
    symbol: monitor.symbol,
    venue: seen.venue,
    kind: rule.kind,
    reason: fire.reason,
    state: "firing",
    severity: rule.severity,
    tags: [...new Set([...monitor.tags, ...rule.tags])],
    rule,
    price: seen.price,
    previousPrice: seen.previousPrice,
    level: seen.level,
    referencePrice: seen.referencePrice,
    changePercent: seen.changePercent,
    firedAt: seen.at,
    pendingSince: fire.pendingSince,
    feedAt: seen.feedAt,
    receivedAt: seen.receivedAt,
    cooldownUntil: fire.cooldownUntil,
    title: `${monitor.symbol} ${describeRule(rule)}`,
    body: sentences(priceText(seen), rule.note, monitor.note),
  };
}

/** Writes the notification of a silent feed. */
export function silenceNotification(
  { monitor, at, lastAt, lastPrice }: FeedTransition,
  storedAt: number,
): AlertNotification {
  return {
    ...blank(monitor.userId, storedAt),
    id: silenceId(monitor.id, lastAt),
    monitorId: monitor.id,
    monitorVersion: monitor.version,
    strategyId: monitor.strategyId,
    symbol: monitor.symbol,
    kind: "no-data",
    reason: "no-data",
    state: "firing",
    severity: "warning",
    tags: [...monitor.tags],
    price: lastPrice,
    firedAt: at,
    cooldownUntil: at,
    title: `${monitor.symbol} has no data`,
    body: sentences(
      lastPrice === null ? "" : `Last price ${lastPrice}.`,
      "Its rules are not evaluated until data is back.",
      monitor.note,
    ),
  };
}

/** Writes the notification that stands for the rest of a flood, beginning with one of them. */
export function floodNotification(
  first: AlertNotification,
  at: number,
  storedAt: number,
): AlertNotification {
  return withCovers(
    {
      ...blank(first.userId, storedAt),
      id: `flood.${first.id}`,
      kind: "summary",
      reason: "flood",
      state: "firing",
      severity: "warning",
      firedAt: at,
      cooldownUntil: at,
      title: "Too many alerts at once",
      body: "",
    },
    1,
  );
}

/** Writes the notification that stands for all that waited for a digest. */
export function digestNotification(
  userId: string,
  { first, count }: { readonly first: string; readonly count: number },
  at: number,
  storedAt: number,
): AlertNotification {
  return withCovers(
    {
      ...blank(userId, storedAt),
      id: `digest.${first}`,
      kind: "summary",
      reason: "digest",
      state: "resolved",
      severity: "info",
      firedAt: at,
      resolvedAt: at,
      cooldownUntil: at,
      title: "Alerts of low severity",
      body: "",
    },
    count,
  );
}

/** A summary that stands for so many. */
export function withCovers(summary: AlertNotification, covers: number): AlertNotification {
  const alerts = covers === 1 ? "1 alert is" : `${covers} alerts are`;
  return { ...summary, covers, body: `${alerts} in the inbox.` };
}

function priceText({ price, previousPrice }: Sighting): string {
  if (price === null) return "";
  return previousPrice === null ? `Price ${price}.` : `Price ${price}, before ${previousPrice}.`;
}

function sentences(...parts: readonly string[]): string {
  return parts.filter(Boolean).join(" ");
}
