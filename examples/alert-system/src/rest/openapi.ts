import { problem } from "@tocsin-example/alert-contract/rest";
import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from "zod-openapi";
import type { Operation } from "./operation.js";

const MEANINGS: Readonly<Record<number, string>> = {
  200: "Done",
  201: "Made",
  202: "Taken on; it goes on in the background",
  204: "Done, and nothing to say",
  400: "The request is not as described",
  401: "No valid session",
  404: "Not there, or not yours",
  409: "Not now",
  413: "Too large",
  415: "Not a media type this takes",
  422: "Well-formed, and yet not possible",
  429: "Too many",
};

/** The OpenAPI document of some operations, made from the schemas that check them. */
export function openApiDocument(
  operations: readonly Operation[],
  info: { readonly title: string; readonly description: string; readonly version: string },
): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described(operation) };
  }
  return createDocument({
    openapi: "3.1.0",
    info: { ...info },
    paths: paths as ZodOpenApiPathsObject,
    components: { securitySchemes: { session: { type: "http", scheme: "bearer" } } },
    security: [{ session: [] }],
  });
}

function described(operation: Operation): ZodOpenApiOperationObject {
  const { params, query, body, textBody, open, tag, summary, idempotent } = operation;
  const header = idempotent
    ? z.object({
        "Idempotency-Key": z.string().max(128).optional().meta({
          description: "Repeating the request under the same key within a day does it once",
        }),
      })
    : undefined;
  const text = Object.fromEntries(textBody.map((type) => [type, { schema: z.string() }]));
  const requestParams = {
    ...(params instanceof z.ZodObject && { path: params }),
    ...(query instanceof z.ZodObject && { query }),
    ...(header && { header }),
  };
  return {
    tags: [tag],
    summary,
    ...(open && { security: [] }),
    ...(Object.keys(requestParams).length > 0 && { requestParams }),
    ...(body && { requestBody: { content: { "application/json": { schema: body }, ...text } } }),
    responses: responses(operation),
  };
}

function responses({ answers, refusals, open, params, query, body }: Operation) {
  const refused = new Set(refusals);
  if (!open) refused.add(401);
  if (params || query || body) refused.add(400);
  const all: ZodOpenApiOperationObject["responses"] = {};
  for (const [status, schema] of Object.entries(answers)) {
    all[status as `${1 | 2 | 3 | 4 | 5}${string}`] = {
      description: MEANINGS[Number(status)] ?? "Done",
      ...(schema && { content: { "application/json": { schema } } }),
    };
  }
  for (const status of [...refused].sort((a, b) => a - b)) {
    all[`${status}` as `${1 | 2 | 3 | 4 | 5}${string}`] = {
      description: MEANINGS[status] ?? "Refused",
      content: { "application/json": { schema: problem } },
    };
  }
  return all;
}
