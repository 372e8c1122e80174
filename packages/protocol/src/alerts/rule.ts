import { z } from "zod";
import { tradingHours } from "./trading-hours.js";

const DAY_MS = 86_400_000;

const price = z.number("must be a number, as in 105.5").positive("must be a price above 0");
const percent = z.number("must be a number, as in 2.5").positive("must be above 0").max(1_000);
const duration = (mostDays: number) =>
  z
    .int("must be whole milliseconds")
    .min(0)
    .max(mostDays * DAY_MS);
const window = z
  .int("must be whole milliseconds")
  .min(1_000, "must be at least 1,000 ms")
  .max(400 * DAY_MS);

/** Names a rule within its monitor. */
const ruleId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/i, "must be 1 to 40 letters, digits, dots, dashes");

/** How urgent an alert is. `info` may wait for a digest. */
export const severity = z.enum(["info", "warning", "critical"]);

/** How urgent an alert is. */
export type Severity = z.infer<typeof severity>;

/** How often a rule may notify: every time, once until it is edited, or once in each bar of `barMs`. */
const repeat = z.enum(["every", "once", "once-per-bar"]);

/** What every rule may say besides its condition. All times are market time. */
const settings = {
  /** How long the condition has to hold before the rule fires, milliseconds. */
  forMs: duration(30).default(0),
  /** How long a repeat of this rule is suppressed, milliseconds; `null` takes the monitor's. */
  cooldownMs: duration(30).nullable().default(null),
  repeat: repeat.default("every"),
  /** The bar of `once-per-bar`, milliseconds. */
  barMs: window.default(60_000),
  /** From then on the rule is not evaluated, milliseconds since 1970. */
  expiresAt: z.number().nullable().default(null),
  /** Outside these hours the rule is not evaluated; `null` is always. */
  hours: tradingHours.nullable().default(null),
  severity: severity.default("warning"),
  tags: z.array(z.string().trim().min(1).max(32)).max(10).default([]),
  note: z.string().trim().max(200).default(""),
  /** While one of these rules of the same monitor fires, this one is quiet. */
  inhibitedBy: z.array(ruleId).max(10).default([]),
};

/** Hysteresis: how far back the price has to come before the rule is quiet again, percent of the level. */
const hysteresis = z.number().min(0).max(50).default(0);

/** A separate level the price has to pass on its way back; wins over `hysteresis`. */
const clear = price.nullable().default(null);

const side = z.enum(["long", "short"]).default("long");

interface Levelled {
  readonly price: number;
  readonly clear: number | null;
}

/** Refuses a clear level that lies where the rule fires. */
const clearsBack =
  <R extends Levelled>(firesAbove: (rule: R) => boolean) =>
  (rule: R, context: z.RefinementCtx<R>): void => {
    if (rule.clear === null) return;
    const above = firesAbove(rule);
    if (above ? rule.clear <= rule.price : rule.clear >= rule.price) return;
    context.addIssue({
      code: "custom",
      path: ["clear"],
      message: `must not be ${above ? "above" : "below"} price: it is where the rule is quiet again`,
    });
  };

/** The kinds of rules, with the id as the caller wants it. */
function kinds<Id extends z.ZodType>(id: Id) {
  const common = { id, ...settings };
  return z.discriminatedUnion("kind", [
    /** Fires when the price comes into the range from outside, its bounds included. */
    z
      .object({ kind: z.literal("entry-range"), low: price, high: price, hysteresis, ...common })
      .refine(({ low, high }) => low < high, { path: ["high"], message: "must be above low" }),
    /** Fires when the price reaches the target: from below on a long position, from above on a short one. */
    z
      .object({
        kind: z.literal("take-profit"),
        price,
        side,
        clear,
        hysteresis,
        ...common,
      })
      .superRefine(clearsBack((rule) => rule.side === "long")),
    /** Fires when the price reaches the stop: from above on a long position, from below on a short one. */
    z
      .object({
        kind: z.literal("stop-loss"),
        price,
        side,
        clear,
        hysteresis,
        ...common,
      })
      .superRefine(clearsBack((rule) => rule.side === "short")),
    /** Fires while the price is at or beyond a level, also when it was there before the rule. */
    z
      .object({
        kind: z.literal("threshold"),
        when: z.enum(["above", "below"]),
        price,
        clear,
        hysteresis,
        ...common,
      })
      .superRefine(clearsBack((rule) => rule.when === "above")),
    /** Fires when the price goes through a level: it has to have been on the other side before. */
    z
      .object({
        kind: z.literal("crossing"),
        direction: z.enum(["up", "down"]),
        price,
        clear,
        hysteresis,
        ...common,
      })
      .superRefine(clearsBack((rule) => rule.direction === "up")),
    /**
     * Fires when the price has moved by `percent` against the price `windowMs` ago; after a fire, against the
     * price it fired at, as long as that lies within the window.
     */
    z.object({
      kind: z.literal("percent-change"),
      direction: z.enum(["up", "down", "either"]).default("either"),
      percent,
      windowMs: window,
      ...common,
    }),
    /** Fires on a price above or below all prices of the window before; needs a window of data first. */
    z.object({
      kind: z.literal("range-breakout"),
      direction: z.enum(["high", "low", "either"]).default("either"),
      windowMs: window,
      ...common,
    }),
    /** Fires when the volume of the bar under way reaches `factor` times the mean of the `bars` before it. */
    z.object({
      kind: z.literal("volume-spike"),
      factor: z.number("must be a number, as in 3").min(1.1).max(1_000),
      bars: z.int().min(2).max(500).default(20),
      ...common,
    }),
    /** Fires when the symbol has had no price for `afterMs` of its trading hours. */
    z.object({ kind: z.literal("stale-feed"), afterMs: window, ...common }),
  ]);
}

/** One condition of a monitor. */
export const alertRule = kinds(ruleId);

/** One condition as a user writes it: without an id it is named after its kind. */
export const newRule = kinds(ruleId.optional());

/** One condition of a monitor. */
export type AlertRule = z.output<typeof alertRule>;

/** A condition before ids and defaults are filled in. */
export type NewRuleInput = z.input<typeof newRule>;

/** What a rule watches for. */
export type AlertKind = AlertRule["kind"];

/** A rule of one kind. */
export type RuleOf<K extends AlertKind> = Extract<AlertRule, { readonly kind: K }>;

/** The kinds of {@link AlertRule}. */
export const ALERT_KINDS = [
  "entry-range",
  "take-profit",
  "stop-loss",
  "threshold",
  "crossing",
  "percent-change",
  "range-breakout",
  "volume-spike",
  "stale-feed",
] as const satisfies AlertKind[];

/** Names the rules that have no name after their kind, numbered from the second on. */
export function withIds(rules: readonly z.output<typeof newRule>[]): AlertRule[] {
  const taken = new Set(rules.flatMap(({ id }) => (id === undefined ? [] : [id])));
  return rules.map((rule) => {
    if (rule.id !== undefined) return { ...rule, id: rule.id };
    let id: string = rule.kind;
    for (let number = 2; taken.has(id); number += 1) id = `${rule.kind}-${number}`;
    taken.add(id);
    return { ...rule, id };
  });
}
