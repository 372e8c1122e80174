import { TooManyMonitorsError } from "@tocsin/server-kit/alerts";
import type { FastifyError, FastifyInstance } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import type { z } from "zod";
import { type problem, RouteError } from "./replies.js";

type Answer = { readonly status: number; readonly body: z.output<typeof problem> };

/** Gives every failure one shape. What went wrong inside is logged, and not told. */
export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const { status, body } = answerTo(error);
    if (status >= 500) request.log.error({ err: error }, "request failed");
    if (status === 401) reply.header("www-authenticate", "Bearer");
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler(async (_request, reply) =>
    reply
      .status(404)
      .send(answer(404, "not-found", "there is no such page; /docs lists what there is").body),
  );
}

function answerTo(error: FastifyError): Answer {
  if (error instanceof RouteError) {
    return answer(error.statusCode, error.code, error.message, error.field);
  }
  if (error instanceof TooManyMonitorsError) {
    return answer(429, "too-many-monitors", error.message, error.field);
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const field = (first?.instancePath ?? "").split("/").filter(Boolean).join(".");
    return answer(400, "invalid-request", first?.message ?? "does not fit", field || "body");
  }
  const status = error.statusCode ?? 500;
  if (status >= 500) return answer(500, "internal", "something went wrong here; try again");
  const code = status === 413 ? "too-large" : status === 415 ? "unsupported-type" : "bad-request";
  return answer(status, code, error.message, "body");
}

function answer(status: number, code: string, message: string, field?: string): Answer {
  return { status, body: { error: { code, message, ...(field !== undefined && { field }) } } };
}
