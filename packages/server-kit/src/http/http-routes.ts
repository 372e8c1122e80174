import { type Clock, systemClock } from "../clock.js";
import type { Hub } from "../hub/hub.js";
import type { RateLimit } from "../inbound/rate-limit.js";
import { DEFAULT_LIMITS } from "../limits.js";
import { healthRoutes, type ReadinessCheck } from "./health-routes.js";
import type { HttpRoute } from "./http-route.js";
import { type IsOperator, operatorRoutes } from "./operator-routes.js";
import { publishRoute } from "./publish-route.js";

/** What the routes need of a hub. */
export type RoutedHub = Pick<
  Hub,
  | "attach"
  | "authenticate"
  | "clients"
  | "close"
  | "gate"
  | "health"
  | "publishFor"
  | "rejections"
  | "stats"
>;

/** Which routes there are, and what they allow. */
export interface HttpRouteOptions {
  /** Before `publish`, `stats` and `clients`. Default `"/tocsin"`. */
  readonly prefix?: string;
  /** Serve `GET /livez` and `GET /readyz`. Default `true`. */
  readonly health?: boolean;
  /** What must be well for `/readyz` to say so, by name. Default: only that the hub is not draining. */
  readonly checks?: Readonly<Record<string, ReadinessCheck>>;
  /** How long a check may take, in milliseconds. Default 2,000. */
  readonly checkTimeoutMs?: number;
  /** Serve `POST publish`. Default `true`; who may publish what is up to the hub's `authorize`. */
  readonly publish?: boolean;
  /** Largest body of a publish, in bytes. Default: the hub's `maxMessageBytes`. */
  readonly maxBodyBytes?: number;
  /** How often one user may publish. Default: 100 a second, 400 at once. */
  readonly publishRate?: RateLimit;
  /** Who may see `GET stats` and `GET clients`. Default: nobody, and the routes are not there. */
  readonly isOperator?: IsOperator;
  readonly clock?: Clock;
}

/** All HTTP routes of a hub. A binding for another framework mounts each of them and translates, no more. */
export function httpRoutes(hub: RoutedHub, options: HttpRouteOptions = {}): readonly HttpRoute[] {
  const { prefix = "/tocsin", health = true, publish = true, isOperator } = options;
  const { clock = systemClock } = options;
  const { checks = {}, checkTimeoutMs = 2_000 } = options;
  const publishing = {
    path: `${prefix}/publish`,
    maxBodyBytes: options.maxBodyBytes ?? hub.gate.maxMessageBytes,
    rate: options.publishRate ?? {
      ratePerSecond: DEFAULT_LIMITS.messagesPerSecond,
      burst: DEFAULT_LIMITS.messageBurst,
    },
    now: clock.now,
  };
  return [
    ...(health ? healthRoutes(hub, { checks, checkTimeoutMs, clock }) : []),
    ...(publish ? [publishRoute(hub, publishing)] : []),
    ...(isOperator ? operatorRoutes(hub, prefix, isOperator) : []),
  ];
}
