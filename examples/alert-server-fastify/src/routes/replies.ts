import { z } from "zod";

/** What every refusal looks like. */
export const problem = z.object({
  error: z.object({
    /** Stable, for programs. */
    code: z.string(),
    /** What is wrong and what would be right, for people. */
    message: z.string(),
    /** The part of the request it is about, as in `rules.0.price`. */
    field: z.string().optional(),
  }),
});

/** A list that comes in one piece. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });

/** A refusal a route decides on; the error handler turns it into an answer. */
export class RouteError extends Error {
  override name = "RouteError";

  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}
