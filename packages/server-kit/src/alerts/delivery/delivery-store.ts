import type { Severity } from "@tocsin/protocol/alerts";
import type { Delivery } from "./sink.js";

/** Where a user wants alerts besides the inbox. */
export interface Endpoint {
  readonly id: string;
  readonly userId: string;
  readonly sink: string;
  /** A URL, an address: what the sink calls a recipient. */
  readonly target: string;
  /** Signs webhooks; absent where a sink has no use for it. Never leaves the server after it was made. */
  readonly secret: string | null;
  readonly minSeverity: Severity;
  readonly enabled: boolean;
  readonly createdAt: number;
}

/** How one delivery stands. */
export interface DeliveryRecord {
  readonly id: string;
  readonly notificationId: string;
  readonly revision: number;
  readonly sink: string;
  readonly recipient: string;
  readonly attempts: number;
  readonly status: "waiting" | "delivered" | "failed";
  readonly error: string | null;
  /** Server time of the last change, milliseconds since 1970. */
  readonly at: number;
}

/** The right to deliver to some recipients for a while. The same owner may claim again, as after a crash. */
export interface DeliveryClaim {
  readonly owner: string;
  readonly ttlMs: number;
}

/**
 * What has to go out, written in the transaction that stored what it tells of. Deliveries to one recipient of one
 * sink go out in the order they were written.
 */
export interface DeliveryStore {
  /**
   * The next delivery of each of up to `limit` recipients of a sink that is due, the longest due first. With a claim, no other dispatcher is given the same recipients until they are settled or the time is over.
   */
  due(sink: string, limit: number, claim?: DeliveryClaim): Promise<readonly Delivery[]>;
  delivered(id: string): Promise<void>;
  /** It failed; tried again at a server time, or given up when there is none. */
  failed(id: string, error: string, retryAt: number | undefined): Promise<void>;
  /**
   * Server time at which the next delivery may be tried, 0 for at once; `undefined` when none waits. What others than
   * `owner` have claimed may be tried when their claim ends.
   */
  nextDueAt(sink: string, owner?: string): Promise<number | undefined>;
  /** All deliveries of one notification, for its owner. */
  deliveriesOf(userId: string, notificationId: string): Promise<readonly DeliveryRecord[]>;
  createEndpoint(
    userId: string,
    endpoint: Pick<Endpoint, "sink" | "target" | "minSeverity">,
  ): Promise<Endpoint>;
  endpointsOf(userId: string): Promise<readonly Endpoint[]>;
  endpoint(id: string): Promise<Endpoint | undefined>;
  /** Sends nothing more to an endpoint that has said it is gone; what waits for it is given up. */
  disableEndpoint(id: string): Promise<void>;
  /** Deletes an endpoint; what waits for it is given up. */
  deleteEndpoint(userId: string, id: string): Promise<boolean>;
}
