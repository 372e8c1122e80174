import {
  type AlertKind,
  DEFAULT_COOLDOWN_MS,
  type Monitor,
  type NewMonitor,
  newMonitor,
} from "@tocsin/protocol/alerts";
import { type RuleDraft, readRule, ruleDraft } from "./rule-draft.js";
import { readSpan, spanText } from "./span-text.js";

/** What stands in the fields of the editor, as typed. */
export interface FormValues {
  readonly symbol: string;
  readonly note: string;
  readonly enabled: boolean;
  readonly cooldownMs: string;
  readonly tags: readonly string[];
  /** `""` for none. */
  readonly strategyId: string;
  readonly onNoData: Monitor["onNoData"];
  readonly rules: readonly RuleDraft[];
}

export function emptyForm(symbol: string, rules: readonly RuleDraft[] = []): FormValues {
  return {
    symbol,
    note: "",
    enabled: true,
    cooldownMs: spanText(DEFAULT_COOLDOWN_MS),
    tags: [],
    strategyId: "",
    onNoData: "notify",
    rules,
  };
}

/** Fills the fields from a monitor, to change it. */
export function formOf(monitor: Monitor): FormValues {
  const { symbol, note, enabled, cooldownMs, tags, strategyId, onNoData, rules } = monitor;
  return {
    symbol,
    note,
    enabled,
    cooldownMs: spanText(cooldownMs),
    tags,
    strategyId: strategyId ?? "",
    onNoData,
    rules: rules.map(ruleDraft),
  };
}

/** Reads the fields; what comes of it still has to be checked. */
export function readForm(values: FormValues) {
  const { symbol, note, enabled, tags, strategyId, onNoData, rules } = values;
  return {
    symbol,
    note,
    enabled,
    tags,
    onNoData,
    cooldownMs: readSpan(values.cooldownMs) ?? DEFAULT_COOLDOWN_MS,
    strategyId: strategyId || null,
    rules: rules.map(readRule),
  };
}

/** The monitor the fields ask for; `undefined` while something in them is wrong. */
export function monitorOf(values: FormValues): NewMonitor | undefined {
  const checked = newMonitor.safeParse(readForm(values));
  return checked.success ? checked.data : undefined;
}

/** A name for each rule, as the server would give it: what others are inhibited by. */
export function ruleNames(rules: readonly RuleDraft[]): string[] {
  const taken = new Set(rules.map(({ id }) => id.trim()).filter(Boolean));
  return rules.map(({ id, kind }) => {
    if (id.trim()) return id.trim();
    let name: string = kind satisfies AlertKind;
    for (let number = 2; taken.has(name); number += 1) name = `${kind}-${number}`;
    taken.add(name);
    return name;
  });
}
