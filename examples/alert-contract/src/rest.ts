import {
  alertNotification,
  monitor,
  newMonitor,
  notificationKind,
  ruleState,
  severity,
  strategy,
} from "@tocsin/protocol/alerts";
import { z } from "zod";
import { holding } from "./portfolio.js";
import { quote } from "./quote.js";

/** What every refusal looks like. */
export const problem = z.object({
  error: z.object({
    /** Stable, for programs. */
    code: z.string(),
    /** What is wrong and what would be right, for people. */
    message: z.string(),
    /** The part of the request it is about, as in `rules.0.price`. */
    field: z.string().optional(),
  }),
});

/** One page of a list. Ask with `nextCursor` for what comes after; `null` when there is nothing. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** A list that comes in one piece. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });

/** A monitor, and where each of its rules stands. */
export const monitorView = monitor.extend({ states: z.array(ruleState) });

/** A monitor, and where each of its rules stands. */
export type MonitorView = z.infer<typeof monitorView>;

/** Which notifications to list. */
export const inboxQuery = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, "use the nextCursor of an earlier answer")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  monitorId: z.string().min(1).max(64).optional(),
  symbol: z.string().min(1).max(32).optional(),
  kind: notificationKind.optional(),
  severity: severity.optional(),
  state: alertNotification.shape.state.optional(),
  unread: z.stringbool().optional(),
  unacknowledged: z.stringbool().optional(),
  archived: z.stringbool().optional(),
  search: z.string().trim().min(1).max(100).optional(),
});

/** A snooze, in milliseconds from now; 0 ends it. */
export const snoozeInput = z.object({
  forMs: z
    .int()
    .min(0)
    .max(30 * 86_400_000),
});

/** What a preview is asked: rules on a symbol, over the last days of its past. */
export const previewInput = newMonitor
  .pick({ symbol: true, rules: true, cooldownMs: true })
  .extend({
    days: z.int().min(1).max(3_660).default(30),
  });

/** When rules would have fired, by the evaluator that evaluates the live ones. */
export const previewResult = z.object({
  from: z.number(),
  to: z.number(),
  /** How many of those fires would have been told, and how many suppressed as repeats. */
  fired: z.int(),
  suppressed: z.int(),
  /** The latest of them, oldest first. */
  fires: z.array(
    z.object({
      ruleId: z.string(),
      at: z.number(),
      price: z.number().nullable(),
      suppressed: z.boolean(),
    }),
  ),
});

/** When rules would have fired. */
export type PreviewResult = z.infer<typeof previewResult>;

/** A strategy whose monitors are near their entry, for a list that answers at once. */
export const signal = z.object({
  symbol: z.string(),
  name: z.string(),
  strategy: z.string(),
  action: z.enum(["buy", "sell"]),
  reason: z.string(),
  at: z.number(),
  /** Prices come over the socket; this is the last known one, or none yet. */
  quote: quote.nullable(),
});

/** What somebody holds, whole: replaces what was there. */
export const holdingsInput = z.object({ holdings: z.array(holding).max(200) });

/** What {@link strategy} looks like with the symbols its monitors watch. */
export const strategyView = strategy.extend({ symbols: z.array(z.string()), monitors: z.int() });

/** A strategy with the symbols its monitors watch. */
export type StrategyView = z.infer<typeof strategyView>;
