import { z } from "zod";
import type { App, Context } from "./context.js";
import { problem } from "./replies.js";

const signIn = z
  .object({
    user: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, "use 1 to 32 of a-z, 0-9 and -")
      .default("demo"),
  })
  .nullish()
  .transform((body) => body ?? { user: "demo" });

const session = z.object({ token: z.string(), userId: z.string(), expiresAt: z.number() });

/** The demo sign-in: whoever names a user is that user. */
export function sessionRoutes(app: App, { issueSession }: Context): void {
  app.post(
    "/api/session",
    {
      schema: {
        tags: ["session"],
        summary: "Sign in; a demo, without a password",
        body: signIn,
        response: { 200: session, 400: problem },
      },
    },
    async (request) => issueSession(request.body.user),
  );
}
