import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import type { App } from "./context.js";

const DESCRIPTION = `Monitors on a replayed market, and what they found.

The S&P 500 and five shares are real data; the package they come from names no licence for it. A day has four
prices: open, low, high, close. When in the day low and high happened is not known: a day that closed up is
played low first, a day that closed down high first. The five shares have one price a month, until March 2010. Symbols named
SIM are made up.

Prices and alerts arrive over the WebSocket at /ws.`;

/** The OpenAPI page at `/docs` and its document at `/docs/json`, made from the routes' own schemas. */
export async function docsRoutes(app: App): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: "Tocsin alert server", description: DESCRIPTION, version: "1" },
      components: { securitySchemes: { session: { type: "http", scheme: "bearer" } } },
      security: [{ session: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(fastifySwaggerUi, { routePrefix: "/docs" });
}
