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
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it stands instead of JSON. */
  readonly text?: { readonly type: string; readonly content: string };
  readonly token?: string;
  /** Asking twice under one key does it once. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal | undefined;
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

/** Sends a request whose answer is wanted as it stands. */
export async function requestText(path: string, request: ApiRequest = {}): Promise<string> {
  return (await send(path, request)).text();
}

/** Sends a request whose answer has no body. */
export async function requestNothing(path: string, request: ApiRequest): Promise<void> {
  await send(path, request);
}

async function send(path: string, request: ApiRequest): Promise<Response> {
  const { method = "GET", body, text, signal } = request;
  const content = text?.content ?? (body === undefined ? undefined : JSON.stringify(body));
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: headersOf(request),
      ...(content === undefined ? {} : { body: content }),
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

function headersOf({ token, body, text, idempotencyKey }: ApiRequest): Record<string, string> {
  const type = text?.type ?? (body === undefined ? undefined : "application/json");
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(type === undefined ? {} : { "content-type": type }),
    ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
  };
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined; // a proxy's page or nothing at all; the caller's schema refuses it
  }
}
