import { TocsinError } from "@tocsin/protocol";

/** How much is allowed: on average, and at once after a pause. */
export interface RateLimit {
  /** Tokens that come back each second. `Infinity` sets no limit. */
  readonly ratePerSecond: number;
  /** Tokens a rested bucket holds. */
  readonly burst: number;
}

/** Whether a cost was within the limit; if not, after how many milliseconds the same cost will be. */
export type Taken =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterMs: number };

/** Counts what one peer does. Time is an argument. */
export interface TokenBucket {
  /**
   * Takes `cost` tokens if they are there. A cost above the burst counts as the whole burst, so that it is
   * allowed some time. A clock that steps back neither gives tokens nor takes any.
   */
  take(cost: number, now: number): Taken;
}

/** A rate limit that cannot be meant. */
export class RateLimitError extends TocsinError {
  override name = "RateLimitError";
}

const ALLOWED: Taken = { allowed: true };

/** Forgives what adding up fractions of a token gets wrong. */
const ROUNDING = 1e-9;

/**
 * Makes a full bucket.
 *
 * @throws {@link RateLimitError} when the rate or the burst is not above 0.
 */
export function tokenBucket({ ratePerSecond, burst }: RateLimit, now: number): TokenBucket {
  if (!(ratePerSecond > 0)) {
    throw new RateLimitError(
      `ratePerSecond must be above 0, not ${ratePerSecond}; Infinity sets no limit`,
    );
  }
  if (!(burst > 0 && Number.isFinite(burst))) {
    throw new RateLimitError(`burst must be a finite number above 0, not ${burst}`);
  }
  let missing = 0;
  let latest = now;
  return {
    take(cost, at) {
      if (at > latest) {
        missing = Math.max(0, missing - ((at - latest) * ratePerSecond) / 1_000);
        latest = at;
      }
      const lacking = missing + Math.min(cost, burst) - burst;
      if (lacking > ROUNDING && ratePerSecond !== Number.POSITIVE_INFINITY) {
        return { allowed: false, retryAfterMs: Math.ceil((lacking * 1_000) / ratePerSecond) };
      }
      missing += Math.min(cost, burst);
      return ALLOWED;
    },
  };
}
