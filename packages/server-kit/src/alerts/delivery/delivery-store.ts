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

/** Who delivers, and for how long nobody else does. */
export interface DeliveryClaim {
  readonly owner: string;
  /** Milliseconds. */
  readonly ttlMs: number;
  /** Most deliveries for one recipient. Default 1. */
  readonly batch?: number;
}

/**
 * What has to go out, written in the transaction that stored what it tells of. Deliveries to one recipient of one
 * sink go out in the order they were written.
 */
export interface DeliveryStore {
  /**
   * Claims up to `limit` recipients of a sink for whom something is due, those that wait longest first, and resolves
   * with the first deliveries of each in order, at most `batch`. Nobody is given a claimed recipient before its
   * deliveries are settled or the claim is over.
   */
  due(sink: string, limit: number, claim: DeliveryClaim): Promise<readonly Delivery[]>;
  /** They arrived, all of them at one recipient. The recipient's next are due. */
  delivered(ids: readonly string[]): Promise<void>;
  /** It failed; it and what is behind it is due at a server time, or it is given up when there is none. */
  failed(id: string, error: string, retryAt: number | undefined): Promise<void>;
  /** Ends the claims of an owner that stops, or has started anew. */
  endClaims(sink: string, owner: string): Promise<void>;
  /** Server time at which something may be tried, 0 for at once; `undefined` when nothing waits. */
  nextDueAt(sink: string): Promise<number | undefined>;
  /** All deliveries of one notification, for its owner. */
  deliveriesOf(userId: string, notificationId: string): Promise<readonly DeliveryRecord[]>;
  /**
   * Adds an endpoint with a new secret. Ask the sink first whether it takes the target.
   *
   * @throws {@link TooManyEndpointsError} when the user has as many as allowed.
   */
  createEndpoint(
    userId: string,
    endpoint: Pick<Endpoint, "sink" | "target" | "minSeverity">,
  ): Promise<Endpoint>;
  /** The endpoints of one user, oldest first. */
  endpointsOf(userId: string): Promise<readonly Endpoint[]>;
  /** One endpoint, whoever owns it: for sinks. */
  endpoint(id: string): Promise<Endpoint | undefined>;
  /** Sends nothing more to an endpoint that has said it is gone; what waits for it is given up. */
  disableEndpoint(id: string): Promise<void>;
  /** Deletes an endpoint; what waits for it is given up. */
  deleteEndpoint(userId: string, id: string): Promise<boolean>;
}
