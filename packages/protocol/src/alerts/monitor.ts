import { z } from "zod";
import { alertRule, newRule, withIds } from "./rule.js";

/** Suppression of repeats unless a monitor says otherwise: 60 minutes of market time, in milliseconds. */
export const DEFAULT_COOLDOWN_MS = 3_600_000;

const DAY_MS = 86_400_000;

const rules = z
  .array(newRule, "must be a list of rules, each with its kind")
  .min(1, "add at least one rule")
  .max(20)
  .transform(withIds)
  .superRefine((all, context) => {
    const ids = new Set(all.map(({ id }) => id));
    if (ids.size < all.length) {
      context.addIssue({ code: "custom", message: "give each rule an id of its own" });
    }
    for (const [index, { id, inhibitedBy }] of all.entries()) {
      if (inhibitedBy.every((other) => other !== id && ids.has(other))) continue;
      context.addIssue({
        code: "custom",
        path: [index, "inhibitedBy"],
        message: "must name other rules of this monitor",
      });
    }
  });

const settings = {
  note: z.string().trim().max(200),
  enabled: z.boolean(),
  rules,
  /** How long a repeat of the same rule is suppressed, milliseconds of market time. */
  cooldownMs: z
    .int()
    .min(0)
    .max(30 * DAY_MS),
  tags: z.array(z.string().trim().min(1).max(32)).max(10),
  /** The strategy it belongs to; `null` for none. */
  strategyId: z.string().min(1).max(64).nullable(),
  /** What to do when the feed of the symbol falls silent. Nothing is evaluated meanwhile, either way. */
  onNoData: z.enum(["notify", "ignore"]),
};

/** What a user writes to create a monitor. Unknown fields are dropped. */
export const newMonitor = z.object({
  symbol: z.string("name the symbol to watch").trim().min(1, "name the symbol to watch").max(32),
  note: settings.note.default(""),
  enabled: settings.enabled.default(true),
  rules,
  cooldownMs: settings.cooldownMs.default(DEFAULT_COOLDOWN_MS),
  tags: settings.tags.default([]),
  strategyId: settings.strategyId.default(null),
  onNoData: settings.onNoData.default("notify"),
});

/** What a user writes to create a monitor. */
export type NewMonitor = z.output<typeof newMonitor>;
/** {@link NewMonitor} before defaults are filled in. */
export type NewMonitorInput = z.input<typeof newMonitor>;

/** What a user writes to change a monitor: any of the fields. A change resets what the rules had seen. */
export const monitorChange = z
  .object(settings)
  .partial()
  .refine((change) => Object.keys(change).length > 0, {
    message: `name at least one of ${Object.keys(settings).join(", ")}`,
  });

/** What a user writes to change a monitor. */
export type MonitorChange = z.output<typeof monitorChange>;

/** A monitor: rules on one symbol, owned by one user. */
export const monitor = z.object({
  id: z.string(),
  userId: z.string(),
  symbol: z.string(),
  note: z.string(),
  enabled: z.boolean(),
  rules: z.array(alertRule),
  cooldownMs: z.number(),
  tags: z.array(z.string()),
  strategyId: z.string().nullable(),
  onNoData: settings.onNoData,
  /** Grows by one with each change. */
  version: z.int(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  updatedAt: z.number(),
});

/** A monitor: rules on one symbol, owned by one user. */
export type Monitor = z.output<typeof monitor>;
