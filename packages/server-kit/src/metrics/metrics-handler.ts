import type { IncomingMessage, ServerResponse } from "node:http";
import { type Registry, register } from "prom-client";

/**
 * Answers a scrape, for `http.createServer`, Express or the raw request and reply of Fastify. Put it where only
 * Prometheus comes: metrics tell how much is going on.
 */
export function metricsHandler(
  registry: Registry = register,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (_request, response) => {
    try {
      const text = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType });
      response.end(text);
    } catch (error) {
      response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      response.end(
        `cannot read the metrics: ${error instanceof Error ? error.message : "unknown"}\n`,
      );
    }
  };
}
