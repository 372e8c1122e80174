import { z } from "zod";
import type { App, Context } from "./context.js";

/** A running market that has been silent for so long, in real milliseconds, has frozen (trap 6). */
const FROZEN_AFTER_MS = 30_000;

const readiness = z.object({
  ok: z.boolean(),
  checks: z.object({
    /** Alerts are being stored. */
    store: z.boolean(),
    /** Ticks come, or are not expected to. */
    feed: z.boolean(),
    /** New sockets are let in. */
    sockets: z.boolean(),
  }),
});

/** For whoever restarts the process or sends it traffic. */
export function healthRoutes(app: App, { hub, service, clock }: Context): void {
  const startedAt = clock.now();

  app.get(
    "/livez",
    {
      schema: {
        tags: ["health"],
        summary: "Alive",
        response: { 200: z.object({ ok: z.literal(true) }) },
      },
    },
    async () => ({ ok: true as const }),
  );

  app.get(
    "/readyz",
    {
      schema: {
        tags: ["health"],
        summary: "Doing its work",
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_request, reply) => {
      const { ok: store, source } = service.health();
      const silentFor = clock.now() - (source.lastTickAt ?? startedAt);
      const checks = {
        store,
        feed: !source.running || silentFor < FROZEN_AFTER_MS,
        sockets: hub.health().ok,
      };
      const ok = Object.values(checks).every(Boolean);
      return reply.status(ok ? 200 : 503).send({ ok, checks });
    },
  );
}
