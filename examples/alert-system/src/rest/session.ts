import { z } from "zod";
import type { Context } from "../context.js";
import { type Operation, operation } from "./operation.js";

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
export function sessionOperations({ issueSession }: Context): readonly Operation[] {
  return [
    operation({
      method: "post",
      path: "/api/session",
      tag: "session",
      summary: "Sign in; a demo, without a password",
      open: true,
      body: signIn,
      answers: { 200: session },
      run: async ({ body }) => ({ status: 200, body: await issueSession(body.user) }),
    }),
  ];
}
