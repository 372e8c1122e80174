import type { ErrorCode } from "@tocsin/protocol";
import type { Refusal } from "../inbound/refusal.js";
import type { HttpReply } from "./http-route.js";

/** The body of every answer that is not 2xx. */
export interface HttpError {
  readonly error: {
    /** As in an `error` message. */
    readonly code: ErrorCode;
    readonly message: string;
    /** The part of the request that is wrong, as in `channel`. */
    readonly field?: string;
  };
}

const STATUS = {
  malformed: 400,
  "unknown-type": 400,
  "invalid-message": 400,
  "unknown-channel": 404,
  "unknown-method": 404,
  "invalid-payload": 422,
  "invalid-params": 422,
  unauthenticated: 401,
  forbidden: 403,
  limit: 413,
  "rate-limited": 429,
  "duplicate-id": 409,
  "not-subscribed": 409,
  unsupported: 405,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

const NEVER_CACHED = { "cache-control": "no-store" };

/** An answer with content. */
export function reply(status: number, body: unknown): HttpReply {
  return { status, headers: NEVER_CACHED, body };
}

/** A refusal in the terms of HTTP. */
export function refusalReply(
  { code, message, details, retryAfterMs }: Refusal,
  status: number = STATUS[code],
): HttpReply {
  const field = fieldOf(details);
  const body: HttpError = { error: { code, message, ...(field !== undefined && { field }) } };
  const waitMs = retryAfterMs ?? (code === "unavailable" ? 1_000 : undefined);
  return {
    status,
    headers: {
      ...NEVER_CACHED,
      ...(waitMs !== undefined && { "retry-after": String(Math.ceil(waitMs / 1_000)) }),
      ...(status === 401 && { "www-authenticate": "Bearer" }),
      ...(status === 413 && { connection: "close" }), // the rest of the body is not waited for
    },
    body,
  };
}

function fieldOf(details: unknown): string | undefined {
  if (typeof details !== "object" || details === null || !("field" in details)) return undefined;
  return typeof details.field === "string" ? details.field : undefined;
}
