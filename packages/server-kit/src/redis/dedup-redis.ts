import { randomUUID } from "node:crypto";
import type { DedupStore } from "../store/dedup-store.js";
import { redisKeys } from "./keys.js";
import { LETS_GO, SERVER_TIME, STORES } from "./lua.js";
import { type RedisScripts, type RedisTimeout, script } from "./scripts.js";

/** Settings of {@link redisDedupStore}. */
export interface RedisDedupOptions extends RedisTimeout {
  /** What every key begins with. Default `"tocsin"`. */
  readonly prefix?: string;
  /** Milliseconds since 1970. Default: the clock of the Redis server, which all nodes share. */
  readonly now?: () => number;
}

// The key leaves by itself a little after the claim is over; whether it is over, the end in it says.
const CLAIM = `${STORES}
${SERVER_TIME}
local held = redis.call('HMGET', KEYS[1], 'ends', 'value')
if held[1] and tonumber(held[1]) > at then return { 0, held[2] } end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'ends', string.format('%.0f', at + ARGV[2]), 'token', ARGV[3])
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ARGV[2] + 1000))
return { 1 }
`;

const MINE = `
${SERVER_TIME}
local held = redis.call('HMGET', KEYS[1], 'ends', 'token')
if held[2] ~= ARGV[2] or tonumber(held[1]) <= at then return 0 end
`;

const SETTLE = `${STORES}${MINE} return redis.call('HSET', KEYS[1], 'value', ARGV[3])`;

const RELEASE = `${LETS_GO}${MINE} return redis.call('DEL', KEYS[1])`;

/**
 * Remembers keys in Redis, for exactly their `ttlMs` by one clock, however many nodes ask. Each call is one step on
 * the server. How long a claim outlives the server is up to the server: see `RedisPersistence`. The caller owns
 * the client and closes it.
 */
export function redisDedupStore(
  client: RedisScripts,
  { prefix, now, timeoutMs }: RedisDedupOptions = {},
): DedupStore {
  const keys = redisKeys(prefix);
  const timeout = timeoutMs === undefined ? {} : { timeoutMs };
  const claim = script(client, CLAIM, timeout);
  const settle = script(client, SETTLE, timeout);
  const release = script(client, RELEASE, timeout);
  const time = () => (now === undefined ? "" : String(now()));
  return {
    async claim(key, ttlMs) {
      const token = randomUUID();
      const answer = await claim([keys.ofClaim(key)], [time(), String(ttlMs), token]);
      const [won, value] = Array.isArray(answer) ? answer : [];
      if (won === 1) return { won: true, token };
      return { won: false, value: typeof value === "string" ? JSON.parse(value) : undefined };
    },
    async settle(key, value, token) {
      await settle([keys.ofClaim(key)], [time(), token, JSON.stringify(value)]);
    },
    async release(key, token) {
      await release([keys.ofClaim(key)], [time(), token]);
    },
    async [Symbol.asyncDispose]() {},
  } satisfies DedupStore;
}
