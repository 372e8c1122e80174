import { z } from "zod";

/**
 * Where a rule stands. `pending`: its condition holds, but not yet for `forMs`. `firing`: it holds. `no-data`: the
 * feed is silent, and nothing can be said. A rule that was firing and no longer holds is `inactive` again.
 */
export const rulePhase = z.enum(["inactive", "pending", "firing", "no-data"]);

/** Where a rule stands. */
export type RulePhase = z.infer<typeof rulePhase>;

/** Where one rule of a monitor stands. Times are market time, milliseconds since 1970. */
export const ruleState = z.object({
  monitorId: z.string(),
  ruleId: z.string(),
  phase: rulePhase,
  /** Since when it is in this phase; `null` before its first sample. */
  since: z.number().nullable(),
  pendingSince: z.number().nullable(),
  /** When it last fired, notified or not. */
  firedAt: z.number().nullable(),
  /** The price it last fired at. */
  firedPrice: z.number().nullable(),
  /** Until when it is snoozed; `null` when it is not. */
  snoozedUntil: z.number().nullable(),
  /** Whether it will not fire again before it is edited: it fired `once`, or has expired. */
  spent: z.boolean(),
});

/** Where one rule of a monitor stands. */
export type RuleState = z.output<typeof ruleState>;
