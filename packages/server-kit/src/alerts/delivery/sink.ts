import type { AlertNotification } from "@tocsin/protocol/alerts";

/** One revision of a notification, on its way to one sink. */
export interface Delivery {
  /** Stable over attempts and restarts; a receiver that sees it twice drops the second. */
  readonly id: string;
  readonly notification: AlertNotification;
  /** Who it is for at the sink: an endpoint, an address; the user of the inbox. */
  readonly recipient: string;
  /** 1 at first. */
  readonly attempt: number;
}

/** A way out: the inbox channel, a webhook, e-mail. */
export interface AlertSink {
  /** Names it in the database and in logs. */
  readonly name: string;
  /**
   * Resolves when the other side has taken it. Rejects to be tried again later; with an error that says
   * `retryable: false` to be given up.
   */
  deliver(delivery: Delivery, signal: AbortSignal): Promise<void>;
}
