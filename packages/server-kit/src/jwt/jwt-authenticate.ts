import { MAX_TOKEN_LENGTH } from "@tocsin/protocol";
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import type { Authenticate, Principal } from "../inbound/policy.js";
import { familyOf, type JwtAlgorithm } from "./algorithms.js";
import { JwksUnavailableError } from "./errors.js";
import { type JwtKeySource, type VerificationKey, verificationKey } from "./verification-key.js";

/** Settings of {@link jwtAuthenticate}. */
export type JwtOptions = JwtKeySource & {
  /** The only algorithms accepted, all for one kind of key. What a token says of itself is not believed. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** Accepted `iss`. Default: any, as the key already says who signed. */
  readonly issuer?: string | readonly string[];
  /** Accepted `aud`. Set it where the issuer also signs tokens for other services. Default: any. */
  readonly audience?: string | readonly string[];
  /** The claim that holds the user id, a non-empty text. Default `"sub"`. */
  readonly userClaim?: string;
  /** How wrong the clocks may be, in seconds. A connection may live so much longer than its token. Default 0. */
  readonly clockToleranceSec?: number;
  /** Accept tokens without `exp`, which are good for ever. Default `false`. */
  readonly allowWithoutExpiry?: boolean;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
};

/**
 * Makes an `authenticate` that accepts signed JSON Web Tokens. A token that is expired, malformed or signed
 * otherwise gives `null`, never an exception. It fetches nothing but `jwksUrl`: addresses in a token's `jku`,
 * `x5u`, `kid` or `iss` are not followed.
 *
 * @throws {@link JwtConfigError} when the options could not be safe or could not work.
 * The function made throws {@link JwksUnavailableError} when the key set cannot be fetched.
 */
export function jwtAuthenticate(options: JwtOptions): Authenticate {
  const { userClaim = "sub", clockToleranceSec = 0, allowWithoutExpiry = false } = options;
  const { algorithms, issuer, audience, now = Date.now } = options;
  const key = verificationKey(options, familyOf(algorithms));
  const rules: JWTVerifyOptions = {
    algorithms: [...algorithms],
    clockTolerance: clockToleranceSec,
    requiredClaims: [userClaim, ...(allowWithoutExpiry ? [] : ["exp"])],
    ...(issuer !== undefined && { issuer: listed(issuer) }),
    ...(audience !== undefined && { audience: listed(audience) }),
  };
  return async ({ token }) => {
    if (token === undefined || token.length > MAX_TOKEN_LENGTH) return null;
    const claims = await verify(token, key, { ...rules, currentDate: new Date(now()) });
    return claims ? toPrincipal(claims, userClaim, clockToleranceSec) : null;
  };
}

async function verify(
  token: string,
  key: VerificationKey,
  rules: JWTVerifyOptions,
): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify(token, key.get, rules);
    return payload;
  } catch (error) {
    if (key.remote && !isAboutToken(error)) {
      throw new JwksUnavailableError(
        "the issuer's key set cannot be fetched; check jwksUrl and the network",
        {
          cause: error,
        },
      );
    }
    return undefined;
  }
}

/** Whether the token itself is no good, as opposed to the key set not being there. */
function isAboutToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !(
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === errors.JOSEError.code // a reply that is not 200, or not JSON
  );
}

function toPrincipal(
  claims: JWTPayload,
  userClaim: string,
  clockToleranceSec: number,
): Principal | null {
  const userId = claims[userClaim];
  if (typeof userId !== "string" || userId === "") return null;
  const { exp } = claims;
  return {
    userId,
    ...(exp !== undefined && { expiresAt: (exp + clockToleranceSec) * 1_000 }),
    claims,
  };
}

function listed(value: string | readonly string[]): string[] {
  return typeof value === "string" ? [value] : [...value];
}
