import type * as z from "zod/mini";
import type { Problem } from "./schema.js";

/**
 * Says what is wrong with a message in one short sentence. zod/mini carries no texts of its own, and
 * loading a locale would cost every browser more than this.
 */
export function explain(error: z.core.$ZodError): Problem {
  const [issue] = error.issues;
  const field = issue?.path.map(String).join(".") ?? "";
  return { field, message: issue ? sentence(issue) : "is not valid" };
}

function sentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${NOUNS[issue.expected] ?? `a ${issue.expected}`}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return "must not be empty";
      return `must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${unit(issue.origin)}`;
    case "too_big":
      return `must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${unit(issue.origin)}`;
    default:
      return issue.message || "is not valid";
  }
}

const NOUNS: Readonly<Record<string, string>> = {
  int: "a whole number",
  object: "an object",
  array: "an array",
  nonoptional: "there",
};

function unit(origin: string): string {
  return origin === "string" ? " characters long" : "";
}
