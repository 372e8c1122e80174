import { newMonitor } from "@tocsin/protocol/alerts";
import { text } from "../../text.js";
import { type Draft, type FormValues, toDraft, toNumber } from "./form-values.js";

/** Messages by field of the form; `rules` is about the levels as a whole. */
export type FormErrors = Partial<Record<keyof FormValues | "rules", string>>;

const PRICE_FIELDS = {
  "entry-range": { low: "entryLow", high: "entryHigh" },
  "take-profit": { price: "takeProfit", side: "side" },
  "stop-loss": { price: "stopLoss", side: "side" },
} as const satisfies Record<Draft["rules"][number]["kind"], Record<string, keyof FormValues>>;

/** The field of the form behind a field of the request, such as `rules.0.high`. */
export function fieldBehind(path: string, rules: Draft["rules"]): keyof FormErrors {
  const [head, index, part = ""] = path.split(".");
  if (head === "symbol" || head === "note") return head;
  if (head === "cooldownMs") return "cooldownMinutes";
  const rule = head === "rules" ? rules[Number(index)] : undefined;
  if (!rule) return "rules";
  const fields: Record<string, keyof FormValues> = PRICE_FIELDS[rule.kind];
  return fields[part] ?? "rules";
}

/** Checks the form by the schema the server uses too; empty when it will do. */
export function validateForm(values: FormValues): FormErrors {
  const draft = toDraft(values);
  const checked = newMonitor.safeParse(draft);
  if (checked.success) return {};
  const errors: FormErrors = {};
  for (const issue of checked.error.issues) {
    const field = fieldBehind(issue.path.join("."), draft.rules);
    errors[field] ??= explain(values, field) ?? issue.message;
  }
  return errors;
}

/** The schema sees numbers; that a field holds something else, or nothing, is said in words of the form. */
function explain(values: FormValues, field: keyof FormErrors): string | undefined {
  if (field === "rules" || field === "symbol" || field === "note" || field === "side") return;
  const number = toNumber(values[field]);
  if (number === undefined) return text.form.otherBound;
  if (!Number.isFinite(number)) return text.form.notANumber;
  if (field === "cooldownMinutes") return text.form.cooldownRange;
  return undefined;
}
