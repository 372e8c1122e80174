import { z } from "zod";
import { ALERT_KINDS, alertRule } from "./rule.js";

/** One alert that fired. Written once; only `suppressedCount` and `lastSuppressedAt` change afterwards. */
export const alertNotification = z.object({
  /** Stable: the same alert has the same id in the database, on the wire and in every tab. */
  id: z.string(),
  /** Order of storing, 1 for the first; also the cursor of paging. */
  seq: z.int(),
  userId: z.string(),
  monitorId: z.string(),
  monitorVersion: z.int(),
  symbol: z.string(),
  reason: z.enum(ALERT_KINDS),
  /** The rule as it stood when it fired. */
  rule: alertRule,
  price: z.number(),
  /** The price before, which had not met the rule; `null` when there was none. */
  previousPrice: z.number().nullable(),
  /** The level that was reached. */
  level: z.number(),
  /** Market time of the tick, milliseconds since 1970. */
  firedAt: z.number(),
  /** When it was stored, milliseconds since 1970 on the server's clock. */
  storedAt: z.number(),
  /** Until when, in market time, a repeat of this cause is suppressed. */
  cooldownUntil: z.number(),
  /** How many repeats were suppressed so far, and the market time of the last. */
  suppressedCount: z.int(),
  lastSuppressedAt: z.number().nullable(),
  title: z.string(),
  body: z.string(),
});

/** One alert that fired. */
export type AlertNotification = z.output<typeof alertNotification>;
