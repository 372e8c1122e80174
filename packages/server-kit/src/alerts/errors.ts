import { TocsinError } from "@tocsin/protocol";

/** A user has as many monitors as one user may have. Answer it with HTTP 429. */
export class TooManyMonitorsError extends TocsinError {
  override name = "TooManyMonitorsError";
  /** The field of the request it is about. */
  readonly field = "monitors";

  constructor(readonly limit: number) {
    super(`you have ${limit} monitors, the most one user may have; delete one you no longer need`);
  }
}

/** A source of market data was given something it cannot play. Not retryable: the data or the setting is wrong. */
export class SourceError extends TocsinError {
  override name = "SourceError";

  /** `field` is the setting or the part of the data that is wrong. */
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(`${field}: ${message}`);
  }
}
