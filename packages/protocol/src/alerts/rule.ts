import { z } from "zod";

const price = z.number("must be a number, as in 105.5").positive("must be a price above 0");

/** Fires when the price comes into the range from outside. */
export const entryRangeRule = z
  .object({ kind: z.literal("entry-range"), low: price, high: price })
  .refine(({ low, high }) => low < high, { path: ["high"], message: "must be above low" });

/** Fires when the price reaches the target: from below on a long position, from above on a short one. */
export const takeProfitRule = z.object({
  kind: z.literal("take-profit"),
  price,
  side: z.enum(["long", "short"]).default("long"),
});

/** Fires when the price reaches the stop: from above on a long position, from below on a short one. */
export const stopLossRule = z.object({
  kind: z.literal("stop-loss"),
  price,
  side: z.enum(["long", "short"]).default("long"),
});

/** One condition of a monitor. */
export const alertRule = z.discriminatedUnion("kind", [
  entryRangeRule,
  takeProfitRule,
  stopLossRule,
]);

/** One condition of a monitor. */
export type AlertRule = z.infer<typeof alertRule>;

/** What a rule watches for; also the reason of a notification. */
export type AlertKind = AlertRule["kind"];

/** The kinds of {@link AlertRule}. */
export const ALERT_KINDS = [
  "entry-range",
  "take-profit",
  "stop-loss",
] as const satisfies AlertKind[];
