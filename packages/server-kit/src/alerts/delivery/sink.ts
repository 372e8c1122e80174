import type { AlertNotification } from "@tocsin/protocol/alerts";

/** One revision of a notification, on its way to one sink. */
export interface Delivery {
  /** Stable over attempts and restarts; a receiver that sees it twice drops the second. */
  readonly id: string;
  readonly notification: AlertNotification;
  /** Who it is for at the sink: the id of an endpoint; the user of the inbox. */
  readonly recipient: string;
  /** 1 at first. */
  readonly attempt: number;
  /** Whether a dispatcher was at it that did not live to say what came of it. */
  readonly interrupted: boolean;
}

/** How often a sink is tried again. The wait doubles from `baseMs` to `maxMs`, less up to half of it by chance. */
export interface RetryPolicy {
  /** Milliseconds. Default 1,000. */
  readonly baseMs?: number;
  /** Milliseconds. Default one hour. */
  readonly maxMs?: number;
  /** How long after it was written a delivery that fails is given up, milliseconds. Default: never. */
  readonly giveUpAfterMs?: number;
}

/** A way out: the inbox channel, a webhook, e-mail. */
export interface AlertSink {
  /** Names it in the database and in logs. */
  readonly name: string;
  /** How often it is tried again. */
  readonly retry?: RetryPolicy;
  /**
   * How many deliveries to one recipient may go out before the first is noted as delivered; after a crash, so many
   * are repeated. Default 1.
   */
  readonly batch?: number;
  /**
   * Resolves when the other side has taken it. Rejects to be tried again later; with an error that says
   * `retryable: false` to be given up, with one that has `retryAfterMs` to be left alone for so long.
   */
  deliver(delivery: Delivery, signal: AbortSignal): Promise<void>;
  /**
   * Checks a target before an endpoint is made of it.
   *
   * @throws {@link EndpointTargetError} when it is none, or must not be one.
   */
  accept?(target: string): Promise<void>;
}
