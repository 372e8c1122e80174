import type { Context } from "../context.js";
import { dialectOperations } from "../dialects/rest.js";
import { endpointOperations } from "./endpoints.js";
import { marketOperations } from "./market.js";
import { monitorOperations } from "./monitors.js";
import { notificationOperations } from "./notifications.js";
import type { Operation } from "./operation.js";
import { portfolioOperations } from "./portfolio.js";
import { previewOperations } from "./preview.js";
import { serviceOperations } from "./service.js";
import { sessionOperations } from "./session.js";
import { strategyOperations } from "./strategies.js";
import { taskOperations } from "./tasks.js";
import { transferOperations } from "./transfer.js";

/** All the REST interface can do. Where two paths fit a request, the one that comes first is meant. */
export function restOperations(context: Context): readonly Operation[] {
  return [
    ...sessionOperations(context),
    ...marketOperations(context),
    ...transferOperations(context),
    ...monitorOperations(context),
    ...previewOperations(context),
    ...strategyOperations(context),
    ...notificationOperations(context),
    ...endpointOperations(context),
    ...portfolioOperations(context),
    ...serviceOperations(context),
    ...taskOperations(context),
    ...dialectOperations(context),
  ];
}
