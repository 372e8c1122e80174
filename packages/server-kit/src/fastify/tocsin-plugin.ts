import type { Duration } from "@tocsin/protocol";
import type { FastifyPluginAsync } from "fastify";
import { type HttpRouteOptions, httpRoutes, type RoutedHub } from "../http/http-routes.js";
import { readBody } from "../http/read-body.js";
import type { AttachOptions } from "../ws/attach.js";
import { upgradeInfo } from "../ws/upgrade-info.js";

/**
 * Settings of {@link tocsinPlugin}: the hub, the path of the socket, and the HTTP routes. Fastify puts a `prefix`
 * before all of the plugin's HTTP routes, so the one before `publish`, `stats` and `clients` is `apiPrefix` here.
 */
export interface TocsinPluginOptions extends Omit<HttpRouteOptions, "prefix">, AttachOptions {
  readonly hub: RoutedHub;
  /** Before `publish`, `stats` and `clients`. Default `"/tocsin"`. */
  readonly apiPrefix?: string;
  /** Over how long clients are sent elsewhere when the app closes. Default `"5s"`. */
  readonly drainWithin?: Duration;
}

/**
 * Puts a hub on a Fastify app: `app.register(tocsinPlugin, { hub })`. Closing the app closes the hub first, for
 * an HTTP server does not end while sockets are open.
 */
export const tocsinPlugin: FastifyPluginAsync<TocsinPluginOptions> = async (app, options) => {
  const { hub, apiPrefix, drainWithin } = options;
  const attachment = hub.attach(app.server, options);
  app.addHook("preClose", async () => {
    attachment.close();
    await hub.close(drainWithin === undefined ? {} : { drainWithin });
  });
  // Within this plugin only: bodies are read by the routes, which know their limits and their words for errors.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  const routes = httpRoutes(hub, {
    ...options,
    ...(apiPrefix !== undefined && { prefix: apiPrefix }),
  });
  for (const { method, path, handle } of routes) {
    app[method](path, async ({ raw }, response) => {
      const body = (limit: number) => readBody(raw, limit);
      const reply = await handle({ info: upgradeInfo(raw), body });
      return response.status(reply.status).headers(reply.headers).send(reply.body);
    });
  }
};
