import type { ErrorCode, Problem, ServerMessageOf } from "@tocsin/protocol";

/** Why something was not done, in the words of an `error` message. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly channel?: string;
  readonly details?: unknown;
  readonly retryAfterMs?: number;
}

/** Thrown inside a handler to answer with an `error` message; never leaves the message handler. */
export class Refused extends Error {
  override name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** A refusal that names the wrong field and what would be right. */
export function invalid(code: ErrorCode, { field, message }: Problem, channel?: string): Refusal {
  return {
    code,
    message: field ? `"${field}" ${message}` : message,
    ...(channel !== undefined && { channel }),
    ...(field && { details: { field } }),
  };
}

/** The `error` message of a refusal. */
export function errorMessage(refusal: Refusal, id: string | undefined): ServerMessageOf<"error"> {
  return { type: "error", ...(id !== undefined && { id }), ...refusal };
}
