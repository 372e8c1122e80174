export type { ReadinessCheck } from "../http/health-routes.js";
export type { HttpRouteOptions, RoutedHub } from "../http/http-routes.js";
export type { IsOperator } from "../http/operator-routes.js";
export type { HttpError } from "../http/reply.js";
export {
  type ExpressHandler,
  type ExpressLike,
  type ExpressRequest,
  type MountOptions,
  mountTocsin,
} from "./mount-tocsin.js";
