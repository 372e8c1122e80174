import type { PresenceMember } from "@tocsin/protocol";
import { bySinceThenClient } from "../store/presence-memory.js";
import type { PresenceStore } from "../store/presence-store.js";
import { redisKeys } from "./keys.js";
import { LETS_GO, SERVER_TIME, STORES } from "./lua.js";
import { type RedisScripts, type RedisTimeout, script } from "./scripts.js";

/** Settings of {@link redisPresenceStore}. */
export interface RedisPresenceOptions extends RedisTimeout {
  /** What every key begins with. Default `"tocsin"`. */
  readonly prefix?: string;
  /** How long an entry lives without renewal, in milliseconds. Default 60,000. */
  readonly ttlMs?: number;
  /** Milliseconds since 1970. Default: the clock of the Redis server, which all nodes share. */
  readonly now?: () => number;
}

// KEYS: members by client, ends by client. Members whose end has come go before anything else is done.
const DROP_EXPIRED = `
${SERVER_TIME}
local gone
repeat
  gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', at, 'LIMIT', 0, 500)
  if #gone > 0 then
    redis.call('HDEL', KEYS[1], unpack(gone))
    redis.call('ZREM', KEYS[2], unpack(gone))
  end
until #gone < 500
`;

const JOIN = `${STORES}
${DROP_EXPIRED}
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[2], at + ARGV[2], ARGV[3])
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[2] + 1000) end
`;

const LEAVE = `${LETS_GO}
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
`;

const MEMBERS = `${LETS_GO}${DROP_EXPIRED} return redis.call('HVALS', KEYS[1])`;

/**
 * Knows who is on a channel, on every node. Members of a node that died are gone `ttlMs` after their last renewal,
 * by the clock of the server. The caller owns the client and closes it.
 */
export function redisPresenceStore(
  client: RedisScripts,
  { prefix, ttlMs = 60_000, now, timeoutMs }: RedisPresenceOptions = {},
): PresenceStore {
  const keys = redisKeys(prefix);
  const timeout = timeoutMs === undefined ? {} : { timeoutMs };
  const join = script(client, JOIN, timeout);
  const leave = script(client, LEAVE, timeout);
  const members = script(client, MEMBERS, timeout);
  const both = (channel: string) => [
    keys.ofChannel(channel, "members"),
    keys.ofChannel(channel, "ends"),
  ];
  const time = () => (now === undefined ? "" : String(now()));
  return {
    ttlMs,
    async join(channel, member) {
      const { clientId } = member;
      await join(both(channel), [time(), String(ttlMs), clientId, JSON.stringify(member)]);
    },
    async leave(channel, clientId) {
      await leave(both(channel), [clientId]);
    },
    async members(channel) {
      const texts = await members(both(channel), [time()]);
      const list: PresenceMember[] = Array.isArray(texts)
        ? texts.map((text) => JSON.parse(text))
        : [];
      return list.sort(bySinceThenClient);
    },
    async [Symbol.asyncDispose]() {},
  } satisfies PresenceStore;
}
