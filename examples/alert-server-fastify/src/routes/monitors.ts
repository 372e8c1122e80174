import { monitor, monitorChange, newMonitor } from "@tocsin/protocol/alerts";
import { z } from "zod";
import type { App, Context } from "./context.js";
import { listOf, problem, RouteError } from "./replies.js";
import { signedInUser } from "./signed-in.js";

const byId = z.object({ id: z.string().min(1).max(64) });
const refusals = { 400: problem, 401: problem, 404: problem };

/** A monitor that is somebody else's answers as one that does not exist: ids tell nothing (A40). */
const missing = () => new RouteError(404, "not-found", "you have no monitor with this id", "id");

/** Monitors of the signed-in user. */
export function monitorRoutes(app: App, context: Context): void {
  const { service, store, book } = context;

  app.get(
    "/api/monitors",
    {
      schema: {
        tags: ["monitors"],
        summary: "Your monitors, oldest first",
        response: { 200: listOf(monitor), 401: problem },
      },
    },
    async (request) => ({
      items: [...(await store.monitorsOf(await signedInUser(request, context)))],
    }),
  );

  app.post(
    "/api/monitors",
    {
      schema: {
        tags: ["monitors"],
        summary: "Create a monitor",
        body: newMonitor,
        response: { 201: monitor, 400: problem, 401: problem, 429: problem },
      },
    },
    async (request, reply) => {
      const userId = await signedInUser(request, context);
      if (!book.quote(request.body.symbol)) {
        const known = book.quotes().map(({ symbol }) => symbol);
        throw new RouteError(
          400,
          "unknown-symbol",
          `is not traded here; use one of ${known.join(", ")}`,
          "symbol",
        );
      }
      return reply.status(201).send(await service.createMonitor(userId, request.body));
    },
  );

  app.get(
    "/api/monitors/:id",
    {
      schema: {
        tags: ["monitors"],
        summary: "One of your monitors",
        params: byId,
        response: { 200: monitor, ...refusals },
      },
    },
    async (request) => {
      const found = await store.monitor(await signedInUser(request, context), request.params.id);
      if (!found) throw missing();
      return found;
    },
  );

  app.patch(
    "/api/monitors/:id",
    {
      schema: {
        tags: ["monitors"],
        summary: "Change a monitor; it starts again from the current price",
        params: byId,
        body: monitorChange,
        response: { 200: monitor, ...refusals },
      },
    },
    async (request) => {
      const userId = await signedInUser(request, context);
      const changed = await service.changeMonitor(userId, request.params.id, request.body);
      if (!changed) throw missing();
      return changed;
    },
  );

  app.delete(
    "/api/monitors/:id",
    {
      schema: {
        tags: ["monitors"],
        summary: "Delete a monitor; its notifications stay",
        params: byId,
        response: { 204: z.null(), ...refusals },
      },
    },
    async (request, reply) => {
      const userId = await signedInUser(request, context);
      if (!(await service.deleteMonitor(userId, request.params.id))) throw missing();
      return reply.status(204).send(null);
    },
  );
}
