import { tocsinPlugin } from "@tocsin/server-kit/fastify";
import type { App, Context } from "./context.js";
import { bearerToken } from "./signed-in.js";

/** A running market that has been silent for so long, in real milliseconds, has frozen (trap 6). */
const FROZEN_AFTER_MS = 30_000;

/**
 * The socket at `/ws`, health at `/livez` and `/readyz`, and the hub's own routes under `/api/hub`. Stats and
 * clients are for whoever is signed in, as this demo knows no roles; elsewhere ask for one.
 */
export async function hubRoutes(app: App, { hub, service, clock, logger }: Context): Promise<void> {
  const startedAt = clock.now();
  await app.register(tocsinPlugin, {
    hub,
    path: "/ws",
    apiPrefix: "/api/hub",
    drainWithin: "2s",
    checks: {
      /** Alerts are being stored. */
      store: () => service.health().ok,
      /** Prices come, or are not expected to. */
      feed() {
        const { source } = service.health();
        return !source.running || clock.now() - (source.lastTickAt ?? startedAt) < FROZEN_AFTER_MS;
      },
    },
    isOperator: async (request) =>
      (await hub.authenticate(bearerToken(request.headers.authorization), request)) !== null,
    clock,
    logger,
  });
}
