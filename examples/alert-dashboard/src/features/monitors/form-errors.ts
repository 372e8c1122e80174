import { newMonitor } from "@tocsin/protocol/alerts";
import type { z } from "zod";
import { type FormValues, readForm } from "./form-values.js";

/** What is wrong with a field, as the language files know it: a key of `monitors.errors` and its values. */
export interface FieldError {
  readonly key:
    | "number"
    | "whole"
    | "span"
    | "atLeast"
    | "above"
    | "atMost"
    | "tooLong"
    | "noRules"
    | "symbol"
    | "order"
    | "clear"
    | "others"
    | "hours"
    | "name"
    | "expiry"
    | "other";
  readonly limit?: number;
  /** What the schema says, for what has no words here. */
  readonly message: string;
}

/** What is wrong, by the path of the field: `rules.0.price`. */
export type FormErrors = Readonly<Record<string, FieldError>>;

const SPANS = new Set(["forMs", "cooldownMs", "barMs", "windowMs", "afterMs"]);

/** Checks the form by the schema the server uses too; empty when it will do. */
export function checkForm(values: FormValues): FormErrors {
  const checked = newMonitor.safeParse(readForm(values));
  if (checked.success) return {};
  const errors: Record<string, FieldError> = {};
  for (const issue of checked.error.issues) errors[fieldOf(issue.path)] ??= explain(issue);
  return errors;
}

/** The field of the form an issue belongs to: hours, tags and inhibitions each are one field. */
function fieldOf(path: readonly PropertyKey[]): string {
  const [head, ...rest] = path.map(String);
  if (head !== "rules" || rest.length < 2) return head ?? "rules";
  return [head, ...rest.slice(0, 2)].join(".");
}

/** The field behind a path the server names, such as `rules.0.price` or `id`. */
export function fieldBehind(path: string): string {
  return fieldOf(path.split("."));
}

function explain(issue: z.core.$ZodIssue): FieldError {
  const { message } = issue;
  const [head, , name] = issue.path.map(String);
  const field = head === "rules" ? name : head;
  const error = (key: FieldError["key"], limit?: number): FieldError => ({
    key,
    message,
    ...(limit !== undefined && { limit }),
  });
  if (field === "hours") return error("hours");
  if (field === "id") return error("name");
  if (field === "expiresAt") return error("expiry");
  if (field !== undefined && SPANS.has(field)) return error("span");
  switch (issue.code) {
    case "invalid_type":
      return error(issue.expected === "int" ? "whole" : field === "symbol" ? "symbol" : "number");
    case "too_small":
      if (issue.path.length === 1 && head === "rules") return error("noRules");
      if (field === "symbol") return error("symbol");
      return error(issue.inclusive ? "atLeast" : "above", Number(issue.minimum));
    case "too_big":
      return error(issue.origin === "number" ? "atMost" : "tooLong", Number(issue.maximum));
    case "custom":
      if (field === "high") return error("order");
      if (field === "clear") return error("clear");
      if (field === "inhibitedBy") return error("others");
      return error("other");
    default:
      return error("other");
  }
}
