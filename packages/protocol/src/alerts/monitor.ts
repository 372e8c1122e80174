import { z } from "zod";
import { alertRule } from "./rule.js";

/** Suppression of repeats unless a monitor says otherwise: 60 minutes of market time, in milliseconds. */
export const DEFAULT_COOLDOWN_MS = 3_600_000;

const DAY_MS = 86_400_000;

/** What a user writes to create a monitor. Unknown fields are dropped. */
export const newMonitor = z.object({
  symbol: z.string("name the symbol to watch").trim().min(1, "name the symbol to watch").max(32),
  note: z.string().trim().max(200).default(""),
  enabled: z.boolean().default(true),
  /** At most one rule of each kind, so that a kind identifies the cause of a notification. */
  rules: z
    .array(alertRule, "must be a list of rules, each with its kind")
    .min(1, "add at least one rule")
    .max(3)
    .refine((rules) => new Set(rules.map((rule) => rule.kind)).size === rules.length, {
      message: "use each kind of rule at most once; make a second monitor for a second level",
    }),
  /** How long a repeat of the same cause is suppressed, milliseconds of market time. */
  cooldownMs: z
    .int()
    .min(0)
    .max(30 * DAY_MS)
    .default(DEFAULT_COOLDOWN_MS),
});

/** What a user writes to create a monitor. */
export type NewMonitor = z.output<typeof newMonitor>;
/** {@link NewMonitor} before defaults are filled in. */
export type NewMonitorInput = z.input<typeof newMonitor>;

/** What a user writes to change a monitor: any of the fields. A change resets what the rules had seen. */
export const monitorChange = z
  .object({
    note: z.string().trim().max(200),
    enabled: z.boolean(),
    rules: newMonitor.shape.rules,
    cooldownMs: z
      .int()
      .min(0)
      .max(30 * DAY_MS),
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, {
    message: "name at least one of note, enabled, rules, cooldownMs",
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
  /** Grows by one with each change. */
  version: z.int(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  updatedAt: z.number(),
});

/** A monitor: rules on one symbol, owned by one user. */
export type Monitor = z.output<typeof monitor>;
