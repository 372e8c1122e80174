export type { ReadinessCheck } from "../http/health-routes.js";
export type { HttpRouteOptions, RoutedHub } from "../http/http-routes.js";
export type { IsOperator } from "../http/operator-routes.js";
export type { HttpError } from "../http/reply.js";
export { type TocsinPluginOptions, tocsinPlugin } from "./tocsin-plugin.js";
