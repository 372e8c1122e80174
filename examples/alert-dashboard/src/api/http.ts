import type { z } from "zod";
import { errorBody } from "./schemas.js";

/** The server answered with an error, or not at all (`status` 0). */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    /** The part of the request that is wrong, as in `rules.0.price`. */
    readonly field?: string,
  ) {
    super(message);
  }
}

/** A request, apart from who sends it. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly body?: unknown;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

/** Sends a request and checks the answer by `schema`; throws {@link ApiError} and nothing else but aborts. */
export async function requestJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  request: ApiRequest = {},
): Promise<z.output<Schema>> {
  const response = await send(path, request);
  const parsed = schema.safeParse(await readJson(response));
  if (!parsed.success) {
    throw new ApiError("the server answered with something else", response.status, "bad-answer");
  }
  return parsed.data;
}

/** Sends a request whose answer has no body. */
export async function requestNothing(path: string, request: ApiRequest): Promise<void> {
  await send(path, request);
}

async function send(
  path: string,
  { method = "GET", body, token, signal }: ApiRequest,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError("the server cannot be reached", 0, "unreachable");
  }
  if (response.ok) return response;
  const parsed = errorBody.safeParse(await readJson(response));
  if (!parsed.success) {
    throw new ApiError(`the server answered ${response.status}`, response.status, "unknown");
  }
  const { code, message, field } = parsed.data.error;
  throw new ApiError(message, response.status, code, field);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined; // a proxy's page or nothing at all; the caller's schema refuses it
  }
}
