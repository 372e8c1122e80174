import type { Logger } from "@tocsin/server-kit";
import { TooManyMonitorsError } from "@tocsin/server-kit/alerts";
import type { problem } from "@tocsin-example/alert-contract/rest";
import type { z } from "zod";
import { TooManyTasksError } from "../tasks.js";
import type { Idempotency } from "./idempotency.js";
import { type Answered, type Operation, Refusal } from "./operation.js";

/** A request as any framework can bring it. */
export interface Request {
  /** As the framework routed it: no ids, no tokens. */
  readonly path: string;
  readonly remoteAddress: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly params: unknown;
  readonly query: unknown;
  /** JSON that was parsed already, or text where the operation takes text. */
  readonly body: unknown;
}

/** Settings of {@link createRespond}. */
export interface RespondOptions {
  /** Who asks; `null` without a valid session. */
  readonly authenticate: (
    token: string,
    request: Request,
  ) => Promise<{ readonly userId: string } | null>;
  readonly idempotency: Idempotency;
  readonly logger: Logger;
}

/** Runs an operation for a request: session, schemas, idempotency, and one shape for every refusal. Never rejects. */
export type Respond = (operation: Operation, request: Request) => Promise<Answered>;

/** The bearer token of a request; `""` when there is none. */
export function bearerToken(authorization: string | readonly string[] | undefined): string {
  const text = typeof authorization === "string" ? authorization : "";
  return /^Bearer ([^\s]+)$/i.exec(text)?.[1] ?? "";
}

/** Creates the one road from any framework to an operation. */
export function createRespond({ authenticate, idempotency, logger }: RespondOptions): Respond {
  async function userOf(operation: Operation, request: Request): Promise<string> {
    if (operation.open) return "";
    const principal = await authenticate(bearerToken(request.headers.authorization), request);
    if (principal) return principal.userId;
    throw new Refusal(
      401,
      "unauthorized",
      "sign in with POST /api/session and send its token as Authorization: Bearer; it lasts 15 minutes",
      "authorization",
      { "www-authenticate": "Bearer" },
    );
  }

  async function answer(operation: Operation, request: Request): Promise<Answered> {
    const userId = await userOf(operation, request);
    const asked = {
      userId,
      params: checked(operation.params, request.params, "params"),
      query: checked(operation.query, request.query, "query"),
      body: checked(operation.body, request.body, "body"),
    };
    const run = () => operation.run(asked as Parameters<Operation["run"]>[0]);
    const key = request.headers["idempotency-key"];
    if (!operation.idempotent || typeof key !== "string") return run();
    return idempotency.once({ userId, operation, key, body: request.body }, run);
  }

  return async (operation, request) => {
    try {
      return await answer(operation, request);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.status >= 500) {
        logger.error({ err: error, operation: operation.summary }, "request failed");
      }
      return refused(refusal);
    }
  };
}

/** The answer to a refusal. */
export function refused({ status, code, message, field, headers }: Refusal): Answered {
  const body: z.output<typeof problem> = {
    error: { code, message, ...(field !== undefined && { field }) },
  };
  return { status, body, headers };
}

function checked(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") || where;
  throw new Refusal(400, "invalid-request", issue?.message ?? "does not fit", field);
}

/** Whatever went wrong, as the caller may know it. What went wrong inside is not told. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof TooManyMonitorsError) {
    return new Refusal(429, "too-many-monitors", error.message, error.field);
  }
  if (error instanceof TooManyTasksError) {
    return new Refusal(429, "too-many-tasks", error.message);
  }
  if (isRefusable(error)) return new Refusal(422, "invalid-request", error.message, error.field);
  return new Refusal(500, "internal", "something went wrong here; try again");
}

/** Errors of the kit that name the field they are about are the caller's to mend. */
function isRefusable(error: unknown): error is Error & { readonly field: string } {
  return error instanceof Error && "field" in error && typeof error.field === "string";
}
