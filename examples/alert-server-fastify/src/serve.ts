import fastifyStatic from "@fastify/static";
import { tocsinPlugin } from "@tocsin/server-kit/fastify";
import {
  type Answered,
  colonPath,
  deskBuilt,
  HEADERS,
  loggedPath,
  misread,
  noDesk,
  nothingHere,
  type Served,
} from "@tocsin-example/alert-system";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";

/** The alert system on Fastify: routes for its operations, the socket at `/ws`, the desk at `/`. */
export async function serveOnFastify(
  served: Served,
  logger: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const { hub, dialects, operations, respond, pages, desk, checks, isOperator, clock } = served;
  // Its own words for a request hold the whole address, and so a token that stands in one.
  const req = ({ method, url, ip }: FastifyRequest) => ({
    method,
    url: loggedPath(url, dialects),
    remoteAddress: ip,
  });
  const app: FastifyInstance = Fastify({
    loggerInstance: logger.child({}, { serializers: { req } }),
  });
  app.removeContentTypeParser("text/plain"); // a form of another page can send it without being asked
  for (const type of new Set(operations.flatMap(({ textBody }) => textBody))) {
    app.addContentTypeParser(type, { parseAs: "string" }, (_request, body, done) =>
      done(null, body),
    );
  }
  app.addHook("onSend", async (_request, reply) => void reply.headers(HEADERS));
  app.setNotFoundHandler(async (_request, reply) => send(reply, nothingHere()));
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, "request failed");
    return send(reply, misread(status, error.message));
  });

  for (const operation of operations) {
    app.route({
      method: operation.method.toUpperCase(),
      url: colonPath(operation.path),
      bodyLimit: operation.maxBodyBytes,
      handler: async ({ headers, params, query, body, ip }, reply) => {
        const request = { path: operation.path, remoteAddress: ip, headers, params, query, body };
        return send(reply, await respond(operation, request));
      },
    });
  }
  for (const page of pages) {
    app.get(page.path, async (_request, reply) => reply.type(page.type).send(page.content));
  }
  await app.register(tocsinPlugin, {
    hub,
    path: "/ws",
    dialects,
    apiPrefix: "/api/hub",
    drainWithin: "2s",
    checks,
    isOperator: (request) => isOperator(request.headers.authorization),
    clock,
  });
  if (deskBuilt(desk)) await app.register(fastifyStatic, { root: desk, wildcard: false });
  else
    app.get("/", async (_request, reply) =>
      reply.status(503).type(noDesk.type).send(noDesk.content),
    );
  return app;
}

function send(reply: FastifyReply, { status, headers = {}, text, body }: Answered): FastifyReply {
  reply.status(status).headers(headers);
  if (text) return reply.type(text.type).send(text.content);
  return body === undefined ? reply.send() : reply.send(body);
}
