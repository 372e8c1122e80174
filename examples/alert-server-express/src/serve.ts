import { createServer, type Server } from "node:http";
import type { Logger } from "@tocsin/server-kit";
import { mountTocsin } from "@tocsin/server-kit/express";
import {
  type Answered,
  colonPath,
  deskBuilt,
  HEADERS,
  misread,
  noDesk,
  nothingHere,
  type Served,
} from "@tocsin-example/alert-system";
import express, { type ErrorRequestHandler, type Response } from "express";

/** The alert system on Express: routes for its operations, the socket at `/ws`, the desk at `/`. */
export function serveOnExpress(served: Served, logger: Logger): Server {
  const { hub, dialects, operations, respond, pages, desk, checks, isOperator, clock } = served;
  const app = express();
  const server = createServer(app);
  app.disable("x-powered-by");
  app.use((_request, response, next) => {
    response.set(HEADERS);
    next();
  });

  for (const operation of operations) {
    const limit = operation.maxBodyBytes;
    app[operation.method](
      colonPath(operation.path),
      express.json({ limit, strict: false }),
      express.text({ limit, type: [...operation.textBody] }),
      async (asked, response) => {
        const isEmpty = asked.headers["content-length"] === "0";
        if (!isEmpty && asked.is(["application/json", ...operation.textBody]) === false) {
          return send(response, misread(415, "send JSON, as application/json"));
        }
        const { headers, params, query, body, ip = "" } = asked;
        const request = { path: operation.path, remoteAddress: ip, headers, params, query, body };
        send(response, await respond(operation, request));
      },
    );
  }
  for (const page of pages) {
    app.get(page.path, (_request, response) => void response.type(page.type).send(page.content));
  }
  mountTocsin(app, server, hub, {
    path: "/ws",
    dialects,
    prefix: "/api/hub",
    checks,
    isOperator: (request) => isOperator(request.headers.authorization),
    clock,
  });
  if (deskBuilt(desk)) app.use(express.static(desk));
  else
    app.get(
      "/",
      (_request, response) => void response.status(503).type(noDesk.type).send(noDesk.content),
    );
  app.use((_request, response) => send(response, nothingHere()));
  const failed: ErrorRequestHandler = (
    error: { status?: number; message: string },
    _request,
    response,
    _next,
  ) => {
    const status = error.status ?? 500;
    if (status >= 500) logger.error({ err: error }, "request failed");
    send(response, misread(status, error.message));
  };
  app.use(failed);
  return server;
}

function send(response: Response, { status, headers = {}, text, body }: Answered): void {
  response.status(status).set(headers);
  if (text) response.type(text.type).send(text.content);
  else if (body === undefined) response.end();
  else response.json(body);
}
