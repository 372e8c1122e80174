import type { StandardSchemaV1 } from "@standard-schema/spec";
import { ContractError } from "./errors.js";

/** Any validator that follows Standard Schema: zod, valibot, arktype and others. */
export type Schema<In = unknown, Out = In> = StandardSchemaV1<In, Out>;

/** What a schema accepts. */
export type InputOf<S extends Schema> = StandardSchemaV1.InferInput<S>;

/** What a schema hands out. */
export type OutputOf<S extends Schema> = StandardSchemaV1.InferOutput<S>;

/** The first thing wrong with a value: where it is and what would be right. */
export interface Problem {
  /** Path of the wrong part, as in `rules.0.price`; empty for the value itself. */
  readonly field: string;
  readonly message: string;
}

/** A value that passed its schema, or the first problem found. */
export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Runs a schema. Never throws for a bad value.
 *
 * @throws {@link ContractError} when the schema is asynchronous: order on a channel could not be kept.
 */
export function validate<S extends Schema>(schema: S, value: unknown): Validated<OutputOf<S>> {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    result.catch(() => {}); // the answer is not used; its failure must not end the process
    throw new ContractError(
      `a ${schema["~standard"].vendor} schema validates asynchronously; use a synchronous schema and put lookups into authorize`,
    );
  }
  if (result.issues === undefined) return { ok: true, value: result.value };
  const [first] = result.issues;
  const path = first?.path ?? [];
  const field = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
  return { ok: false, problem: { field, message: first?.message ?? "does not fit its schema" } };
}
