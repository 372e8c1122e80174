import type { RetryPolicy } from "./sink.js";

/** How long to wait after a failed attempt, milliseconds; `roll` is a random number in [0, 1). */
export function retryDelay(
  attempt: number,
  { baseMs = 1_000, maxMs = 3_600_000 }: RetryPolicy,
  roll: number,
): number {
  const most = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return Math.ceil(most - (roll * most) / 2);
}

/** What an error says about trying again; errors of others may say nothing. */
export function adviceOf(error: unknown): {
  readonly retryable: boolean;
  readonly retryAfterMs: number;
} {
  const { retryable, retryAfterMs }: { retryable?: unknown; retryAfterMs?: unknown } =
    typeof error === "object" && error !== null ? error : {};
  return {
    retryable: retryable !== false,
    retryAfterMs: typeof retryAfterMs === "number" && retryAfterMs > 0 ? retryAfterMs : 0,
  };
}
