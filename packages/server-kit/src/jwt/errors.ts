import { TocsinError } from "@tocsin/protocol";

/** `jwtAuthenticate` was set up in a way that could not be safe or could not work. */
export class JwtConfigError extends TocsinError {
  override name = "JwtConfigError";
}

/** The key set of the issuer could not be fetched, so no token can be judged now. */
export class JwksUnavailableError extends TocsinError {
  override name = "JwksUnavailableError";
  override readonly retryable = true;
}
