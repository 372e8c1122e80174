import {
  type AlertKind,
  type AlertNotification,
  type AlertRule,
  alertNotification,
  alertRule,
} from "@tocsin/protocol/alerts";

/** A rule for tests, completed and checked by the schema. */
export function ruleOf(rule: { readonly kind: AlertKind } & Record<string, unknown>): AlertRule {
  return alertRule.parse({ id: rule.kind, ...rule });
}

/** A notification for tests, checked by the schema. */
export function alertOf(given: Partial<AlertNotification> = {}): AlertNotification {
  const seq = given.seq ?? 1;
  return alertNotification.parse({
    id: `n${seq}`,
    seq,
    revision: 1,
    userId: "demo",
    monitorId: "m1",
    monitorVersion: 1,
    strategyId: null,
    ruleId: "threshold",
    symbol: "SIM-A",
    venue: null,
    kind: "threshold",
    reason: "fired",
    state: "firing",
    severity: "warning",
    tags: [],
    rule: ruleOf({ kind: "threshold", when: "above", price: 100 }),
    price: 101,
    previousPrice: null,
    level: 100,
    referencePrice: null,
    changePercent: null,
    firedAt: 1_000,
    pendingSince: null,
    resolvedAt: null,
    feedAt: null,
    receivedAt: null,
    storedAt: 2_000,
    updatedAt: 2_000,
    cooldownUntil: 1_000,
    suppressedCount: 0,
    firstSuppressedAt: null,
    lastSuppressedAt: null,
    push: "now",
    covers: 0,
    readAt: null,
    acknowledgedAt: null,
    snoozedUntil: null,
    archivedAt: null,
    title: "",
    body: "",
    ...given,
  });
}
