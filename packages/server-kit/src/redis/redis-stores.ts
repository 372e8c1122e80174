import { type Logger, silentLogger } from "../logger.js";
import type { DedupStore } from "../store/dedup-store.js";
import type { PresenceStore } from "../store/presence-store.js";
import { type RedisBroker, redisBroker } from "./broker-redis.js";
import { redisDedupStore } from "./dedup-redis.js";
import {
  type RedisHistoryOptions,
  type RedisHistoryStore,
  redisHistoryStore,
} from "./history-redis.js";
import type { Redis } from "./open-redis.js";
import { redisPresenceStore } from "./presence-redis.js";

/** Settings of {@link redisStores}. */
export interface RedisStoresOptions
  extends Pick<RedisHistoryOptions, "persistence" | "maxLogBytes" | "forgetAfterMs" | "prefix"> {
  /** How long a member of a channel is listed without renewal, in milliseconds. Default 60,000. */
  readonly presenceTtlMs?: number;
  /** Told of listeners that throw and of messages that are no events. Default: silent. */
  readonly logger?: Logger;
}

/** Everything a hub can keep in Redis. Give it to `createHub` as it is. */
export interface RedisStores {
  readonly history: RedisHistoryStore;
  readonly dedup: DedupStore;
  readonly presence: PresenceStore;
  readonly broker: RedisBroker;
}

/**
 * Makes all four on one Redis. The history announces what it stores, so an append and its way to the other nodes
 * are one step. Make it once for each `openRedis`.
 */
export function redisStores(
  redis: Redis,
  { presenceTtlMs = 60_000, logger = silentLogger, ...options }: RedisStoresOptions = {},
): RedisStores {
  const { client, timeoutMs, failover } = redis;
  const prefix = options.prefix === undefined ? {} : { prefix: options.prefix };
  const common = { ...prefix, timeoutMs };
  return {
    history: redisHistoryStore(client, { ...options, ...common, failover, announce: true }),
    dedup: redisDedupStore(client, common),
    presence: redisPresenceStore(client, { ...common, ttlMs: presenceTtlMs }),
    broker: redisBroker(redis, { ...common, announced: true, logger }),
  };
}
