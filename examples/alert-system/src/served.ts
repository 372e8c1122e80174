import type { DedupStore } from "@tocsin/server-kit";
import type { Context } from "./context.js";
import { createDialects } from "./dialects/index.js";
import { createIdempotency } from "./rest/idempotency.js";
import { openApiDocument } from "./rest/openapi.js";
import { restOperations } from "./rest/operations.js";
import { docsPages } from "./rest/pages.js";
import { bearerToken, createRespond } from "./rest/respond.js";
import type { Served } from "./rest/served.js";

const TITLE = "Tocsin alert system";

/** Settings of {@link createServed}. */
export interface ServedOptions extends Pick<Served, "desk" | "checks"> {
  readonly context: Context;
  /** Remembers requests that were done. */
  readonly keys: DedupStore;
}

/** Everything a web server brings to the outside, made from the parts of the system. */
export function createServed({ context, desk, checks, keys }: ServedOptions): Served {
  const { hub, clock, logger } = context;
  const operations = restOperations(context);
  const document = openApiDocument(operations, {
    title: TITLE,
    description: "Monitors, alerts and prices. What changes is told over the socket at /ws.",
    version: "1",
  });
  const nowhere = { path: "/api", headers: {}, remoteAddress: "" };
  return {
    hub,
    dialects: createDialects(context),
    operations,
    respond: createRespond({
      authenticate: (token, { path, remoteAddress }) =>
        hub.authenticate(token, { path, headers: {}, remoteAddress }),
      idempotency: createIdempotency(keys),
      logger,
    }),
    pages: docsPages(document, TITLE),
    desk,
    checks,
    async isOperator(authorization) {
      const principal = await hub.authenticate(bearerToken(authorization), nowhere);
      return principal !== null && context.isOperator(principal.userId);
    },
    clock,
  };
}
