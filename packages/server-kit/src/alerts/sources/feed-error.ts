import { TocsinError } from "@tocsin/protocol";

/** A venue did not answer, or not with what was asked for. `retryable` says whether asking again may help. */
export class FeedError extends TocsinError {
  override name = "FeedError";

  /** `venue` is who was asked; `retryAfterMs` is how long it wants to be left alone. */
  constructor(
    readonly venue: string,
    message: string,
    override readonly retryable: boolean,
    readonly retryAfterMs?: number,
  ) {
    super(`${venue}: ${message}`);
  }
}
