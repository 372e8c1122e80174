import type { FastifyRequest } from "fastify";
import type { Context } from "./context.js";
import { RouteError } from "./replies.js";

/** The token of an `Authorization` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? "")?.[1];
}

/**
 * The user a request is from, by its `Authorization: Bearer` header; checked the way a socket's token is.
 *
 * @throws {@link RouteError} 401 when there is no token or it is no good.
 */
export async function signedInUser(request: FastifyRequest, { hub }: Context): Promise<string> {
  const token = bearerToken(request.headers.authorization);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
  );
  const path = request.routeOptions.url ?? "";
  const principal =
    token === undefined
      ? null
      : await hub.authenticate(token, { path, headers, remoteAddress: request.ip });
  if (principal) return principal.userId;
  throw new RouteError(
    401,
    "unauthorized",
    'send "Authorization: Bearer <token>" with a token from POST /api/session; it lasts 15 minutes',
    "authorization",
  );
}
