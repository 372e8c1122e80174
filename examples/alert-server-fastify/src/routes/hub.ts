import { tocsinPlugin } from "@tocsin/server-kit/fastify";
import { feedAlive } from "../market/feed.js";
import type { App, Context } from "./context.js";
import { bearerToken } from "./signed-in.js";

/**
 * The socket at `/ws`, health at `/livez` and `/readyz`, and the hub's own routes under `/api/hub`. Stats and
 * clients are for whoever is signed in, as this demo knows no roles; elsewhere ask for one.
 */
export async function hubRoutes(
  app: App,
  { hub, service, playback, clock }: Context,
): Promise<void> {
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
      feed: () =>
        feedAlive(service.health().source, {
          now: clock.now(),
          since: startedAt,
          speed: playback.speed,
        }),
    },
    isOperator: async (request) =>
      (await hub.authenticate(bearerToken(request.headers.authorization), request)) !== null,
    clock,
  });
}
