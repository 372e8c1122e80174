import {
  type RateLimit,
  type Taken,
  type TokenBucket,
  tokenBucket,
} from "../inbound/rate-limit.js";
import { oldestKey } from "../store/oldest-key.js";

/** Users whose rate is remembered. Above it the one that came first starts afresh, which costs little. */
const MAX_USERS = 10_000;

/** Limits how often each user does something. */
export function userRate(limit: RateLimit, now: () => number): (userId: string) => Taken {
  const buckets = new Map<string, TokenBucket>();
  const oldestUser = oldestKey(buckets);
  return (userId) => {
    const at = now();
    const bucket = buckets.get(userId) ?? tokenBucket(limit, at);
    buckets.set(userId, bucket);
    const oldest = buckets.size > MAX_USERS ? oldestUser() : undefined;
    if (oldest !== undefined) buckets.delete(oldest);
    return bucket.take(1, at);
  };
}
