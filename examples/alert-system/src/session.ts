import type { Authenticate, Authorize } from "@tocsin/server-kit";
import { jwtAuthenticate } from "@tocsin/server-kit/jwt";
import { SignJWT } from "jose";

/** How long a session token is good for, milliseconds. Clients ask for a new one before it ends. */
const SESSION_MS = 15 * 60_000;

const ISSUER = "tocsin-example";

/** A signed-in user. `expiresAt` is milliseconds since 1970. */
export interface Session {
  readonly token: string;
  readonly userId: string;
  readonly expiresAt: number;
}

/** Issues the token of a user. This is a demo: whoever asks is believed. */
export async function issueSession(
  secret: Uint8Array,
  userId: string,
  now: number,
): Promise<Session> {
  // Tokens count whole seconds; rounding down never promises more than the token keeps.
  const expires = Math.floor((now + SESSION_MS) / 1_000);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(ISSUER)
    .setSubject(userId)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(expires)
    .sign(secret);
  return { token, userId, expiresAt: expires * 1_000 };
}

/** Checks tokens, for the socket and for HTTP alike. Only HS256 with our secret is accepted (A16, A17). */
export function sessionAuthenticate(secret: Uint8Array, now: () => number): Authenticate {
  return jwtAuthenticate({ secret, algorithms: ["HS256"], issuer: ISSUER, now });
}

/** An inbox is its owner's alone; everything else may be read by everybody signed in, and nobody publishes. */
export const authorize: Authorize = (request) => {
  if (request.action === "call") return request.principal !== undefined;
  if (request.action === "publish") return "clients do not publish here";
  const { userId } = request.channel.params;
  return (
    userId === undefined || userId === request.principal?.userId || "this inbox is somebody else's"
  );
};
