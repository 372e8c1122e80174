import { literal } from "../store/event-text.js";
import { RedisSettingsError } from "./errors.js";

/** Names the keys of one application. Those of a channel share a hash slot, so that one script may touch them all. */
export interface RedisKeys {
  /** One of the keys of a channel. */
  ofChannel(channel: string, kind: ChannelKey): string;
  /** The key that remembers an idempotency key beside the channel it was used on. */
  ofOnce(channel: string, key: string): string;
  /** The key of a claim. */
  ofClaim(key: string): string;
}

/**
 * The kinds of keys of a channel: its meta data, the stream of a log, rows, living and removed row keys of a table,
 * members and their ends, and the sharded Pub/Sub channel.
 */
export type ChannelKey =
  | "meta"
  | "log"
  | "rows"
  | "living"
  | "removed"
  | "members"
  | "ends"
  | "events";

/** What every key begins with, unless it is said otherwise. */
const DEFAULT_PREFIX = "tocsin";

/** @throws {@link RedisSettingsError} when the prefix is empty or would break the hash tag. */
export function redisKeys(prefix: string = DEFAULT_PREFIX): RedisKeys {
  if (!/^[^{}\s]+$/.test(prefix)) {
    throw new RedisSettingsError(
      `prefix "${prefix}" must be one or more characters without braces and spaces`,
    );
  }
  const tag = (channel: string) => `{${prefix}:${literal(channel).replaceAll("}", "\\u007d")}}`;
  return {
    ofChannel: (channel, kind) => `${tag(channel)}:${kind}`,
    ofOnce: (channel, key) => `${tag(channel)}:once:${literal(key)}`,
    ofClaim: (key) => `${prefix}:claim:${literal(key)}`,
  };
}
