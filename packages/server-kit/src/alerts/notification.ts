import type { AlertNotification } from "@tocsin/protocol/alerts";
import type { Trigger } from "./evaluator.js";
import { describeRule } from "./rules/rule.js";

/**
 * The id of a notification: what fired, and at which market time. Evaluating the same tick again, in another
 * process or after a crash, comes to the same id, and the database takes each id once.
 */
export function notificationId({ monitor, rule, at }: Trigger): string {
  return `${monitor.id}.${rule.kind}.${at}`;
}

/** Writes the notification of a trigger. Texts are plain text; whoever shows them escapes them. */
export function notificationOf(trigger: Trigger, seq: number, storedAt: number): AlertNotification {
  const { monitor, rule, level, price, previousPrice, at } = trigger;
  return {
    id: notificationId(trigger),
    seq,
    userId: monitor.userId,
    monitorId: monitor.id,
    monitorVersion: monitor.version,
    symbol: monitor.symbol,
    reason: rule.kind,
    rule,
    price,
    previousPrice,
    level,
    firedAt: at,
    storedAt,
    cooldownUntil: at + monitor.cooldownMs,
    suppressedCount: 0,
    lastSuppressedAt: null,
    title: `${monitor.symbol} ${describeRule(rule)}`,
    body: [`Price ${price}, before ${previousPrice}.`, monitor.note].filter(Boolean).join(" "),
  };
}
