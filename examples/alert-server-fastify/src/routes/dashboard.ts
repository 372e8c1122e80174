import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { App } from "./context.js";

/** Whether there is a dashboard to serve. */
export function dashboardBuilt(directory: string): boolean {
  return existsSync(join(directory, "index.html"));
}

const MISSING = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tocsin</title>
<body style="font-family:system-ui;margin:4rem auto;max-width:36rem">
<h1>The server runs; the dashboard is not built yet</h1>
<p>Build it with <code>npm run build -w examples/alert-dashboard</code> and start the server again,
or use <code>npm run demo</code>, which does both.</p>
<p>The interface for programs is described at <a href="/docs">/docs</a>.</p></body></html>`;

/** Serves the built dashboard at `/`, or a page that says how to build it. */
export async function dashboardRoutes(app: App, directory: string): Promise<void> {
  if (!dashboardBuilt(directory)) {
    app.get("/", { schema: { hide: true } }, async (_request, reply) =>
      reply.status(503).type("text/html; charset=utf-8").send(MISSING),
    );
    return;
  }
  await app.register(fastifyStatic, { root: directory, wildcard: false });
}
