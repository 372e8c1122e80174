import type { AlertRule } from "@tocsin/protocol/alerts";
import { formatDuration } from "./duration-text.js";

/** What to say when a rule fired, as the rest of a sentence that begins with the symbol. */
export function describeRule(rule: AlertRule): string {
  switch (rule.kind) {
    case "entry-range":
      return `entered the range ${rule.low} to ${rule.high}`;
    case "take-profit":
      return `reached the ${rule.side} take-profit target ${rule.price}`;
    case "stop-loss":
      return `reached the ${rule.side} stop-loss level ${rule.price}`;
    case "threshold":
      return `is ${rule.when} ${rule.price}`;
    case "crossing":
      return `crossed ${rule.price} going ${rule.direction}`;
    case "percent-change":
      return `${CHANGED[rule.direction]} ${rule.percent}% within ${formatDuration(rule.windowMs)}`;
    case "range-breakout":
      return `made ${BROKE[rule.direction]} of ${formatDuration(rule.windowMs)}`;
    case "volume-spike":
      return `traded ${rule.factor} times its usual volume`;
    case "stale-feed":
      return `has had no price for ${formatDuration(rule.afterMs)}`;
    default:
      return rule satisfies never;
  }
}

const CHANGED = { up: "rose", down: "fell", either: "moved" } as const;
const BROKE = { high: "a new high", low: "a new low", either: "a new high or low" } as const;
