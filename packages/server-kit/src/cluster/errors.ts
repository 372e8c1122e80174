import { TocsinError } from "@tocsin/protocol";

/** The primary process cannot be reached, or has left too much unanswered. Nothing was sent. */
export class PrimaryUnavailableError extends TocsinError {
  override name = "PrimaryUnavailableError";
  override readonly retryable = true;
}

/** The primary process did not answer in time. Whether the call took effect is not known. */
export class PrimaryTimeoutError extends TocsinError {
  override name = "PrimaryTimeoutError";
  override readonly retryable = true;
}

/** A store in the primary process threw; the message is its own. */
export class PrimaryStoreError extends TocsinError {
  override name = "PrimaryStoreError";
  override readonly retryable: boolean;

  constructor(message: string, { retryable }: { readonly retryable: boolean }) {
    super(message);
    this.retryable = retryable;
  }
}
