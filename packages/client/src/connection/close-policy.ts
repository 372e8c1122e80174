/** What the client does after a close: come back, come back with a new token, or stay away. */
export type ClosePolicy = "retry" | "reauth" | "stop";

// Numbers, since the protocol's table of names would be a fiftieth of this package.
/** The token expired while connected. */
const TOKEN_EXPIRED = 4005;
/** The server restarts: come back, elsewhere or later. */
export const SERVICE_RESTART = 1012;

// What graphql-ws retries among the standard codes: going away, a close frame without a code, a cut without a close
// frame, restart, try again later, a gateway with nobody behind it. All others, 1000 and 1011 among them, say that
// the server is done with us or that the same conversation would fail the same way.
const PASSING: readonly number[] = [1001, 1005, 1006, SERVICE_RESTART, 1013, 1014];

/** Reads a close code. 4000–4499 come back, 4500–4999 do not; numbers nobody assigned do not either. */
export function closePolicy(code: number): ClosePolicy {
  if (code === TOKEN_EXPIRED) return "reauth";
  return PASSING.includes(code) || (code >= 4000 && code < 4500) ? "retry" : "stop";
}
