export { UnstorableDataError } from "../store/event-text.js";
export { type RedisBroker, type RedisBrokerOptions, redisBroker } from "./broker-redis.js";
export { type RedisDedupOptions, redisDedupStore } from "./dedup-redis.js";
export {
  RedisRefusedError,
  RedisSettingsError,
  RedisTimeoutError,
  RedisUnavailableError,
} from "./errors.js";
export {
  type RedisHistoryOptions,
  type RedisHistoryStore,
  type RedisPersistence,
  redisHistoryStore,
} from "./history-redis.js";
export {
  type ConnectionOptions,
  type OpenRedisOptions,
  openRedis,
  type Redis,
  type RedisAddress,
  type RedisServers,
} from "./open-redis.js";
export { type RedisPresenceOptions, redisPresenceStore } from "./presence-redis.js";
export { type RedisStores, type RedisStoresOptions, redisStores } from "./redis-stores.js";
export type { RedisScripts, RedisTimeout, ScriptInput } from "./scripts.js";
export {
  createSubscriber,
  type Home,
  type Homes,
  type MessageListener,
  type ReceivingClient,
  type RedisSubscriber,
  type SubscriberParts,
} from "./subscriber.js";
