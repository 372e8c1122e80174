import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { HttpReply } from "../http/http-route.js";
import { type HttpRouteOptions, httpRoutes, type RoutedHub } from "../http/http-routes.js";
import { readBody } from "../http/read-body.js";
import type { Attachment, AttachOptions } from "../ws/attach.js";
import { upgradeInfo } from "../ws/upgrade-info.js";

/** A request as Express hands it on; `body` is there when a body parser ran before. */
export type ExpressRequest = IncomingMessage & { readonly body?: unknown };

/** What is mounted for one route. */
export type ExpressHandler = (request: ExpressRequest, response: ServerResponse) => void;

/** The least asked of an Express app or router, version 5. */
export interface ExpressLike {
  /** Adds a route for GET. */
  get(path: string, handler: ExpressHandler): unknown;
  /** Adds a route for POST. */
  post(path: string, handler: ExpressHandler): unknown;
}

/** Settings of {@link mountTocsin}: the path of the socket, and the HTTP routes. */
export interface MountOptions extends HttpRouteOptions, AttachOptions {}

/**
 * Puts a hub on an Express app: the socket on its server, health, publish and operator routes on the app. The
 * server is the one that `app.listen` or `createServer(app)` returned. Closing the attachment stops new sockets;
 * close the hub before the server.
 */
export function mountTocsin(
  app: ExpressLike,
  server: Pick<Server, "on" | "off" | "listenerCount">,
  hub: RoutedHub,
  options: MountOptions = {},
): Attachment {
  for (const { method, path, handle } of httpRoutes(hub, options)) {
    app[method](path, (request, response) => {
      const body = async (limit: number) =>
        request.body === undefined
          ? readBody(request, limit)
          : ({ is: "parsed", value: request.body } as const);
      void handle({ info: upgradeInfo(request), body }).then((reply) => send(response, reply));
    });
  }
  return hub.attach(server, options);
}

function send(response: ServerResponse, { status, headers, body }: HttpReply): void {
  response.writeHead(status, { ...headers, "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}
