import type { Understood } from "@tocsin/server-kit";
import type { z } from "zod";

type NotUnderstood = Extract<Understood, { readonly ok: false }>;

/** What a frame says, by a schema whose variants a field tells apart; or why it cannot be told. */
export type Read<T> = { readonly ok: true; readonly said: T } | NotUnderstood;

/** Reads a frame of JSON. `word` is the field that says what it wants, such as `type`. */
export function readFrame<T>(
  frame: string | Uint8Array,
  schema: z.ZodDiscriminatedUnion<readonly z.core.$ZodTypeDiscriminable[]> & z.ZodType<T>,
  word: string,
): Read<T> {
  let value: unknown;
  try {
    value = JSON.parse(String(frame));
  } catch {
    return notUnderstood("malformed", "", "the message is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return notUnderstood("malformed", "", `the message is not an object with "${word}"`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, said: parsed.data };
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  const why = field === word ? "unknown-type" : "invalid-message";
  return notUnderstood(why, field, issue?.message ?? "does not fit");
}

/** What was wrong with a frame, as a value. */
export function notUnderstood(
  why: NotUnderstood["why"],
  field: string,
  message: string,
): NotUnderstood {
  return { ok: false, why, problem: { field, message } };
}

/** A time as Python's `isoformat` writes one without an offset, in UTC: `2025-11-24T10:30:00.123`. */
export function isoTime(at: number): string {
  return new Date(at).toISOString().slice(0, -1);
}
