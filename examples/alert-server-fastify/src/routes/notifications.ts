import { alertNotification } from "@tocsin/protocol/alerts";
import { z } from "zod";
import type { App, Context } from "./context.js";
import { problem } from "./replies.js";
import { signedInUser } from "./signed-in.js";

const page = z.object({
  items: z.array(alertNotification),
  /** Ask with it for older ones; `null` when there are none. */
  nextCursor: z.string().nullable(),
});

const query = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, "use the nextCursor of an earlier answer")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  monitorId: z.string().min(1).max(64).optional(),
});

/** What fired for the signed-in user. */
export function notificationRoutes(app: App, context: Context): void {
  app.get(
    "/api/notifications",
    {
      schema: {
        tags: ["notifications"],
        summary: "Your notifications, newest first",
        querystring: query,
        response: { 200: page, 400: problem, 401: problem },
      },
    },
    async (request) => {
      const userId = await signedInUser(request, context);
      const { cursor, limit, monitorId } = request.query;
      const found = await context.store.notifications(userId, {
        limit: limit + 1, // one more than asked for, to know whether there are older ones
        ...(cursor !== undefined && { before: Number(cursor) }),
        ...(monitorId !== undefined && { monitorId }),
      });
      const items = found.slice(0, limit);
      const last = found.length > limit ? items.at(-1) : undefined;
      return { items, nextCursor: last ? String(last.seq) : null };
    },
  );
}
