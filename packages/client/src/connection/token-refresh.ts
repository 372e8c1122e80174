/** A token is renewed this long before it ends at the latest, in milliseconds. */
const MARGIN_MS = 5_000;
/** Renewals are at least this far apart, however short-lived the tokens, in milliseconds. */
const SHORTEST_MS = 1_000;

/** When to renew a token that has `remainingMs` to live: after 80 % of that, at least 5 s before its end. */
export function refreshInMs(remainingMs: number): number {
  return Math.max(SHORTEST_MS, Math.min(remainingMs * 0.8, remainingMs - MARGIN_MS));
}
