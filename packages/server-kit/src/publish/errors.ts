import type { ErrorCode, Problem } from "@tocsin/protocol";
import { TocsinError } from "@tocsin/protocol";

/** A publish was refused because of what was handed in. Nothing was stored or sent. */
export class InvalidPublishError extends TocsinError {
  override name = "InvalidPublishError";
  readonly code: ErrorCode = "invalid-payload";
  /** Path of the wrong part of the data, as in `price`. */
  readonly field: string;

  constructor(channel: string, { field, message }: Problem) {
    super(`publish to "${channel}": ${field ? `"${field}": ` : ""}${message}`);
    this.field = field;
  }
}

/**
 * The store could not take a publish, or did not say so in time. Nothing was acknowledged, and it may have been stored
 * all the same: with a `key` trying again is safe.
 */
export class PublishFailedError extends TocsinError {
  override name = "PublishFailedError";
  override readonly retryable = true;
  readonly code: ErrorCode = "unavailable";
}
