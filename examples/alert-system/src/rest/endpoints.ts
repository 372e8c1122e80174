import { severity } from "@tocsin/protocol/alerts";
import type { Endpoint } from "@tocsin/server-kit/alerts";
import { listOf } from "@tocsin-example/alert-contract/rest";
import { z } from "zod";
import type { Context } from "../context.js";
import { notFound, type Operation, operation } from "./operation.js";

const tag = "endpoints";

const newEndpoint = z.discriminatedUnion("sink", [
  z.object({
    sink: z.literal("webhook"),
    target: z.url("must be a URL, as in https://example.com/alerts").max(2_000),
    minSeverity: severity.default("info"),
  }),
  z.object({
    sink: z.literal("email"),
    target: z.email("must be an e-mail address").max(320),
    minSeverity: severity.default("critical"),
  }),
]);

const endpoint = z.object({
  id: z.string(),
  sink: z.string(),
  target: z.string(),
  minSeverity: severity,
  enabled: z.boolean(),
  createdAt: z.number(),
});

/** Told once, when it is made: whoever receives webhooks checks signatures with it. */
const withSecret = endpoint.extend({ secret: z.string().nullable() });

function shown({ id, sink, target, minSeverity, enabled, createdAt }: Endpoint) {
  return { id, sink, target, minSeverity, enabled, createdAt };
}

/** Where alerts go besides the inbox. */
export function endpointOperations({ store, checkTarget }: Context): readonly Operation[] {
  return [
    operation({
      method: "get",
      path: "/api/endpoints",
      tag,
      summary: "Where your alerts go besides the inbox",
      answers: { 200: listOf(endpoint) },
      run: async ({ userId }) => ({
        status: 200,
        body: { items: (await store.endpointsOf(userId)).map(shown) },
      }),
    }),
    operation({
      method: "post",
      path: "/api/endpoints",
      tag,
      summary: "Send alerts to a webhook or to an e-mail address",
      idempotent: true,
      body: newEndpoint,
      answers: { 201: withSecret },
      refusals: [422, 429],
      async run({ userId, body }) {
        await checkTarget(body.sink, body.target);
        const made = await store.createEndpoint(userId, body);
        return { status: 201, body: { ...shown(made), secret: made.secret } };
      },
    }),
    operation({
      method: "delete",
      path: "/api/endpoints/{id}",
      tag,
      summary: "Send no more there; what waits for it is given up",
      params: z.object({ id: z.string().min(1).max(64) }),
      answers: { 204: undefined },
      refusals: [404],
      async run({ userId, params }) {
        if (!(await store.deleteEndpoint(userId, params.id))) throw notFound("endpoint");
        return { status: 204 };
      },
    }),
  ];
}
