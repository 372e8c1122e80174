import type { AlertKind, AlertRule } from "@tocsin/protocol/alerts";
import { EMPTY_HOURS, type HoursDraft, hoursDraft, readHours } from "./hours-draft.js";
import { readSpan, spanText } from "./span-text.js";

/** A condition as it stands in the form: what was typed may be no number at all. Named as in the schema. */
export interface RuleDraft {
  readonly kind: AlertKind;
  /** Names the rule within its monitor; `""` lets the server name it after its kind. */
  readonly id: string;
  readonly low: string;
  readonly high: string;
  readonly price: string;
  readonly side: "long" | "short";
  /** `above` or `below` of a threshold. */
  readonly when: "above" | "below";
  /** Of a crossing `up` or `down`, of a change and a breakout also others. */
  readonly direction: string;
  readonly clear: string;
  readonly hysteresis: string;
  readonly percent: string;
  readonly windowMs: string;
  readonly factor: string;
  readonly bars: string;
  readonly afterMs: string;
  readonly forMs: string;
  readonly cooldownMs: string;
  readonly repeat: AlertRule["repeat"];
  readonly barMs: string;
  /** As a field for date and time has it, UTC. */
  readonly expiresAt: string;
  readonly hours: HoursDraft;
  readonly severity: AlertRule["severity"];
  readonly tags: readonly string[];
  readonly note: string;
  readonly inhibitedBy: readonly string[];
}

/** The fields that say what a rule of each kind watches for, in the order they are read. */
export const CONDITION = {
  "entry-range": ["low", "high", "hysteresis"],
  "take-profit": ["price", "side", "clear", "hysteresis"],
  "stop-loss": ["price", "side", "clear", "hysteresis"],
  threshold: ["when", "price", "clear", "hysteresis"],
  crossing: ["direction", "price", "clear", "hysteresis"],
  "percent-change": ["direction", "percent", "windowMs"],
  "range-breakout": ["direction", "windowMs"],
  "volume-spike": ["factor", "bars"],
  "stale-feed": ["afterMs"],
} as const satisfies Record<AlertKind, readonly (keyof RuleDraft)[]>;

/** What a direction may be. */
export const DIRECTIONS = {
  crossing: ["up", "down"],
  "percent-change": ["either", "up", "down"],
  "range-breakout": ["either", "high", "low"],
} as const;

/** A new condition, with the defaults of the schema where it has some. */
export function emptyRule(kind: AlertKind, values: Partial<RuleDraft> = {}): RuleDraft {
  return {
    kind,
    id: "",
    low: "",
    high: "",
    price: "",
    side: "long",
    when: "above",
    direction: kind in DIRECTIONS ? DIRECTIONS[kind as keyof typeof DIRECTIONS][0] : "up",
    clear: "",
    hysteresis: "",
    percent: kind === "percent-change" ? "2" : "",
    windowMs: kind === "range-breakout" ? "20 d" : "1 h",
    factor: "3",
    bars: "20",
    afterMs: "5 min",
    forMs: "",
    cooldownMs: "",
    repeat: "every",
    barMs: "1 min",
    expiresAt: "",
    hours: EMPTY_HOURS,
    severity: "warning",
    tags: [],
    note: "",
    inhibitedBy: [],
    ...values,
  };
}

/** A rule as the form shows it. */
export function ruleDraft(rule: AlertRule): RuleDraft {
  const of = (name: string) => (rule as Record<string, unknown>)[name];
  const numberOf = (name: string) => (typeof of(name) === "number" ? String(of(name)) : "");
  const empty = emptyRule(rule.kind);
  return {
    ...empty,
    id: rule.id,
    low: numberOf("low"),
    high: numberOf("high"),
    price: numberOf("price"),
    side: of("side") === "short" ? "short" : "long",
    when: of("when") === "below" ? "below" : "above",
    direction: String(of("direction") ?? empty.direction),
    clear: numberOf("clear"),
    hysteresis: of("hysteresis") === 0 ? "" : numberOf("hysteresis"),
    percent: numberOf("percent"),
    windowMs: "windowMs" in rule ? spanText(rule.windowMs) : empty.windowMs,
    factor: "factor" in rule ? String(rule.factor) : empty.factor,
    bars: "bars" in rule ? String(rule.bars) : empty.bars,
    afterMs: "afterMs" in rule ? spanText(rule.afterMs) : empty.afterMs,
    forMs: rule.forMs === 0 ? "" : spanText(rule.forMs),
    cooldownMs: spanText(rule.cooldownMs),
    repeat: rule.repeat,
    barMs: spanText(rule.barMs),
    expiresAt: rule.expiresAt === null ? "" : new Date(rule.expiresAt).toISOString().slice(0, 16),
    hours: hoursDraft(rule.hours),
    severity: rule.severity,
    tags: rule.tags,
    note: rule.note,
    inhibitedBy: rule.inhibitedBy,
  };
}

/** What is asked for, to be checked by the schema: empty fields are left to their defaults. */
export function readRule(draft: RuleDraft): Record<string, unknown> {
  const number = (text: string) => readNumber(text);
  const readers: Partial<Record<keyof RuleDraft, () => unknown>> = {
    low: () => number(draft.low),
    high: () => number(draft.high),
    price: () => number(draft.price),
    clear: () => number(draft.clear) ?? null,
    hysteresis: () => number(draft.hysteresis) ?? 0,
    percent: () => number(draft.percent),
    windowMs: () => readSpan(draft.windowMs),
    factor: () => number(draft.factor),
    bars: () => number(draft.bars),
    afterMs: () => readSpan(draft.afterMs),
  };
  const condition = CONDITION[draft.kind].map((name: keyof RuleDraft) => [
    name,
    readers[name]?.() ?? draft[name],
  ]);
  return {
    kind: draft.kind,
    ...(draft.id.trim() && { id: draft.id.trim() }),
    ...Object.fromEntries(
      condition.map(([name, value]) => [name, value === "" ? undefined : value]),
    ),
    forMs: readSpan(draft.forMs) ?? 0,
    cooldownMs: readSpan(draft.cooldownMs) ?? null,
    repeat: draft.repeat,
    ...(draft.repeat === "once-per-bar" && { barMs: readSpan(draft.barMs) }),
    expiresAt: draft.expiresAt === "" ? null : Date.parse(`${draft.expiresAt}Z`),
    hours: readHours(draft.hours),
    severity: draft.severity,
    tags: draft.tags,
    note: draft.note,
    inhibitedBy: draft.inhibitedBy,
  };
}

/** `undefined` for an empty field, NaN for one that holds no number. Separated thousands are understood. */
export function readNumber(text: string): number | undefined {
  const trimmed = text.replaceAll(",", "").trim();
  return trimmed === "" ? undefined : Number(trimmed);
}
