import { z } from "zod";
import { ALERT_KINDS, alertRule, severity } from "./rule.js";

/** What a notification is about: a rule, a silent feed, or several notifications at once. */
export const notificationKind = z.enum([...ALERT_KINDS, "no-data", "summary"]);

/** What a notification is about. */
export type NotificationKind = z.infer<typeof notificationKind>;

/** Why it was written just then. */
export const notificationReason = z.enum([
  /** The rule fired. */
  "fired",
  /** The rule fired while it was snoozed, and still fires now that the snooze is over. */
  "snooze-ended",
  /** The rule fired while another kept it quiet, and still fires now that the other does not. */
  "inhibition-ended",
  /** The feed fell silent. */
  "no-data",
  /** Too many at once: this one stands for those that follow. */
  "flood",
  /** The collected ones of low severity. */
  "digest",
]);

/** Why a notification was written. */
export type NotificationReason = z.infer<typeof notificationReason>;

/**
 * One alert. Its row is written once, and revised: when its rule is quiet again, when it is read, acknowledged,
 * snoozed or archived. The inbox channel carries every revision whole; of one `id`, the highest revision counts.
 */
export const alertNotification = z.object({
  /** Stable: the same alert has the same id in the database, on the wire and in every tab. */
  id: z.string(),
  /** Order of storing, 1 for the first; also the cursor of paging. */
  seq: z.int(),
  /** 1 when written, one more with each change. */
  revision: z.int(),
  userId: z.string(),
  /** `null` in a summary, as all that belongs to one rule. */
  monitorId: z.string().nullable(),
  monitorVersion: z.int().nullable(),
  strategyId: z.string().nullable(),
  ruleId: z.string().nullable(),
  symbol: z.string().nullable(),
  venue: z.string().nullable(),
  kind: notificationKind,
  reason: notificationReason,
  /** `firing` until the rule is quiet again. */
  state: z.enum(["firing", "resolved"]),
  severity,
  tags: z.array(z.string()),
  /** The rule as it stood when it fired. */
  rule: alertRule.nullable(),
  price: z.number().nullable(),
  /** The price before, which had not met the rule; `null` when there was none. */
  previousPrice: z.number().nullable(),
  /** The level that was reached. */
  level: z.number().nullable(),
  /** What the price was compared with, for a percent change. */
  referencePrice: z.number().nullable(),
  changePercent: z.number().nullable(),
  /** Market time of the tick, milliseconds since 1970. */
  firedAt: z.number(),
  /** Since when the condition held, for a rule with `forMs`. */
  pendingSince: z.number().nullable(),
  resolvedAt: z.number().nullable(),
  /** When the venue said it and when it came in, milliseconds since 1970 on their clock and on ours. */
  feedAt: z.number().nullable(),
  receivedAt: z.number().nullable(),
  /** When it was stored, and last revised, milliseconds since 1970 on the server's clock. */
  storedAt: z.number(),
  updatedAt: z.number(),
  /** Until when, in market time, a repeat of this rule is suppressed. */
  cooldownUntil: z.number(),
  /** How many repeats were suppressed so far, and the market times of the first and the last. */
  suppressedCount: z.int(),
  firstSuppressedAt: z.number().nullable(),
  lastSuppressedAt: z.number().nullable(),
  /** How it went out: by itself, within a digest, or under the summary of a flood. */
  push: z.enum(["now", "digest", "flood"]),
  /** How many notifications a summary stands for; 0 in others. */
  covers: z.int(),
  /** Server time, as all that a user did. */
  readAt: z.number().nullable(),
  acknowledgedAt: z.number().nullable(),
  snoozedUntil: z.number().nullable(),
  archivedAt: z.number().nullable(),
  title: z.string(),
  body: z.string(),
});

/** One alert. */
export type AlertNotification = z.output<typeof alertNotification>;
