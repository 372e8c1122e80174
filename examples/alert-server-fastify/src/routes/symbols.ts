import { candle, quote } from "@tocsin-example/alert-contract";
import { z } from "zod";
import type { App, Context } from "./context.js";
import { listOf, problem, RouteError } from "./replies.js";

/** Prices and bars; open to everybody. */
export function symbolRoutes(app: App, { book }: Context): void {
  app.get(
    "/api/symbols",
    {
      schema: {
        tags: ["market"],
        summary: "Current prices",
        response: { 200: listOf(quote) },
      },
    },
    async () => ({ items: book.quotes() }),
  );

  app.get(
    "/api/symbols/:code/candles",
    {
      schema: {
        tags: ["market"],
        summary: "Finished bars up to market time, ascending",
        params: z.object({ code: z.string().max(32) }),
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(5_000).default(250) }),
        response: { 200: listOf(candle), 400: problem, 404: problem },
      },
    },
    async ({ params, query }) => {
      const items = book.finished(params.code, query.limit);
      if (items) return { items };
      throw new RouteError(404, "not-found", "no such symbol; GET /api/symbols lists them", "code");
    },
  );
}
