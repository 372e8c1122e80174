import { CloseCode } from "@tocsin/protocol";

/** What the client does after a close: come back, come back with a new token, or stay away. */
export type ClosePolicy = "retry" | "reauth" | "stop";

// What graphql-ws retries among the standard codes. 1006 is a cut without a close frame and 1005 a close frame
// without a code; 1014 is a gateway with nobody behind it. All others, 1000 and 1011 among them, say that the
// server is done with us or that the same conversation would fail the same way.
const PASSING = new Set<number>([
  CloseCode.GoingAway,
  1005,
  1006,
  CloseCode.ServiceRestart,
  CloseCode.TryAgainLater,
  1014,
]);

/** Reads a close code. 4000–4499 come back, 4500–4999 do not; numbers nobody assigned do not either. */
export function closePolicy(code: number): ClosePolicy {
  if (code === CloseCode.TokenExpired) return "reauth";
  return PASSING.has(code) || (code >= 4000 && code < 4500) ? "retry" : "stop";
}
