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

/** A user has as many strategies as one user may have. Answer it with HTTP 429. */
export class TooManyStrategiesError extends TocsinError {
  override name = "TooManyStrategiesError";
  /** The field of the request it is about. */
  readonly field = "strategies";

  constructor(readonly limit: number) {
    super(
      `you have ${limit} strategies, the most one user may have; delete one you no longer need`,
    );
  }
}

/** A user has as many endpoints as one user may have. Answer it with HTTP 429. */
export class TooManyEndpointsError extends TocsinError {
  override name = "TooManyEndpointsError";
  /** The field of the request it is about. */
  readonly field = "endpoints";

  constructor(readonly limit: number) {
    super(`you have ${limit} endpoints, the most one user may have; delete one you no longer need`);
  }
}

/** A monitor names a strategy its owner does not have. Answer it with HTTP 422. */
export class UnknownStrategyError extends TocsinError {
  override name = "UnknownStrategyError";
  /** The field of the request it is about. */
  readonly field = "strategyId";

  constructor(readonly strategyId: string) {
    super("strategyId: you have no such strategy; create it first, or use null for none");
  }
}

/** A user has a strategy of that name already. Answer it with HTTP 409. */
export class DuplicateStrategyError extends TocsinError {
  override name = "DuplicateStrategyError";
  /** The field of the request it is about. */
  readonly field = "name";

  constructor(readonly strategyName: string) {
    super("name: you have a strategy of that name; choose another");
  }
}

/** An endpoint cannot have this target, or must not. Answer it with HTTP 422. */
export class EndpointTargetError extends TocsinError {
  override name = "EndpointTargetError";
  /** The field of the request it is about. */
  readonly field = "target";

  constructor(why: string, options?: ErrorOptions) {
    super(`target: ${why}`, options);
  }
}

/** A delivery did not arrive. */
export class DeliveryError extends TocsinError {
  override name = "DeliveryError";
  /** Whether trying again may help. */
  override readonly retryable: boolean;
  /** For how long the other side wants to be left alone, milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    {
      retryable,
      retryAfterMs,
      ...options
    }: ErrorOptions & { readonly retryable: boolean; readonly retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Somebody else evaluates the partition by now. Nothing was stored; stop evaluating it. */
export class LeaseLostError extends TocsinError {
  override name = "LeaseLostError";

  constructor(readonly partition: number) {
    super(`partition ${partition} is evaluated by another worker by now; stop evaluating it`);
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

/** Trading hours name an exchange or a time zone that does not exist. Answer it with HTTP 422. */
export class InvalidTradingHoursError extends TocsinError {
  override name = "InvalidTradingHoursError";
  /** The field of the request it is about. */
  readonly field = "hours";
}
