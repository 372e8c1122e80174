import { MIN_TOMBSTONES } from "../store/table-memory.js";
import { LETS_GO, SERVER_TIME, STORES } from "./lua.js";

// What the scripts of the history store are made of. A channel has five keys and one Pub/Sub channel:
//   KEYS[1] meta     hash: epoch, mode, offset, complete; of a log also count, bytes, ttl and the oldest timestamp;
//                    of a latest value also the value; the lineage of the server that wrote last
//   KEYS[2] log      stream: one event each, its offset for an id, t = timestamp, e = entry
//   KEYS[3] rows     hash: row key to "offset entry", removed rows included
//   KEYS[4] living   sorted set: row key by offset
//   KEYS[5] removed  sorted set: row key by offset
//   KEYS[6] events   where the event is announced
//   KEYS[7] once     hash: the end of an idempotency key and where its event landed
// All begin with ARGV[1] the time or "", ARGV[2] a new epoch in case one is needed, ARGV[3] "1" if the server may
// be one that took over from another.

/**
 * Reads the channel's meta data into `ch`. A channel that is not there has a new epoch, and so has one whose
 * entries are not all there any more, or whose server took over from another and may have lost what came last.
 */
const OPEN = `
${SERVER_TIME}
local function int(n) return string.format('%.0f', n) end

local function forget(ch)
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
  redis.call('HDEL', KEYS[1], 'value')
  ch.epoch, ch.offset, ch.complete, ch.count, ch.bytes, ch.oldest, ch.ttl = ARGV[2], 0, 0, 0, 0, 0, 0
end

local function open()
  local m = redis.call('HMGET', KEYS[1],
    'epoch', 'mode', 'offset', 'complete', 'count', 'bytes', 'ttl', 'oldest', 'lineage')
  local ch = {
    epoch = m[1], mode = m[2] or '', lineage = m[9] or '', offset = tonumber(m[3] or 0),
    complete = tonumber(m[4] or 0), count = tonumber(m[5] or 0), bytes = tonumber(m[6] or 0),
    ttl = tonumber(m[7] or 0), oldest = tonumber(m[8] or 0)
  }
  local lineage = ''
  if ARGV[3] == '1' then
    lineage = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)') or ''
  end
  if not ch.epoch then
    forget(ch)
    ch.fresh = true
  elseif lineage ~= ch.lineage then
    ch.epoch = ARGV[2]
    ch.changed = true
  end
  ch.lineage = lineage
  if ch.mode == 'log' and redis.call('XLEN', KEYS[2]) ~= ch.count then
    redis.call('DEL', KEYS[2])
    ch.complete, ch.count, ch.bytes, ch.changed = ch.offset, 0, 0, true
  end
  if ch.mode == 'table' then
    local rows = redis.call('HLEN', KEYS[3])
    local known = redis.call('ZCARD', KEYS[4]) + redis.call('ZCARD', KEYS[5])
    if rows ~= ch.count or known ~= ch.count then
      forget(ch)
      ch.changed = true
    end
  end
  return ch
end

local function save(ch)
  redis.call('HSET', KEYS[1], 'epoch', ch.epoch, 'mode', ch.mode, 'offset', int(ch.offset),
    'complete', int(ch.complete), 'count', int(ch.count), 'bytes', int(ch.bytes), 'ttl', ch.ttl,
    'oldest', ch.oldest, 'lineage', ch.lineage)
end

-- Drops the oldest events of a log while there are too many, too many bytes, or they are too old. Only from the
-- front: an event that a wrong clock dated back is kept as long as the ones before it, for a hole would be a loss
-- that 'complete' cannot tell.
local function shorten(ch, size, bytes)
  local function over()
    return ch.count > size or ch.bytes > bytes or ch.oldest + ch.ttl <= at
  end
  local take = 2
  while ch.count > 0 and over() do
    local batch = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', take)
    local dropped = 0
    for _, event in ipairs(batch) do
      ch.oldest = tonumber(event[2][2])
      if not over() then break end
      dropped = dropped + 1
      ch.count = ch.count - 1
      ch.bytes = ch.bytes - #event[2][4]
    end
    ch.complete = ch.complete + dropped
    redis.call('XTRIM', KEYS[2], 'MINID', int(ch.complete + 1))
    ch.changed = true
    if dropped < #batch then break end
    take = 64
  end
end
`;

/**
 * Appends, and announces what was appended. ARGV[4] mode, [5] size, [6] ttl, [7] most bytes, [8] timestamp,
 * [9] entry, [10] row key, [11] "1" if the row is removed, [12] "1" to announce, [13] milliseconds after which a
 * quiet channel is forgotten or "", [14] the window of the idempotency key or "". Answers epoch, offset, duplicate.
 */
export const APPEND = `${STORES}
${OPEN}
local mode, ttl, stamp, entry, key = ARGV[4], tonumber(ARGV[6]), ARGV[8], ARGV[9], ARGV[10]
local ch = open()

if ARGV[14] ~= '' and not ch.fresh then
  local first = redis.call('HMGET', KEYS[7], 'ends', 'epoch', 'offset')
  if first[1] and tonumber(first[1]) > at then return { first[2], tonumber(first[3]), 1 } end
end
if ch.mode ~= mode then
  -- Another mode makes it another channel: positions in the old one mean nothing in the new one.
  if ch.mode ~= '' then forget(ch) end
  ch.mode = mode
end

if mode == 'log' then
  shorten(ch, math.huge, math.huge) -- by the old time to live: what a reader saw gone does not come back
end
ch.offset = ch.offset + 1

if mode == 'log' then
  redis.call('XADD', KEYS[2], int(ch.offset) .. '-0', 't', stamp, 'e', entry)
  if ch.count == 0 then ch.oldest = tonumber(stamp) end
  ch.count, ch.bytes, ch.ttl = ch.count + 1, ch.bytes + #entry, ttl
  shorten(ch, tonumber(ARGV[5]), tonumber(ARGV[7]))
  if ttl < 1e13 then
    -- A log that nobody writes to any more leaves when its last event has long been too old.
    redis.call('PEXPIRE', KEYS[2], int(ttl + math.max(0, tonumber(stamp) - at) + 60000))
  else
    redis.call('PERSIST', KEYS[2])
  end
elseif mode == 'latest' then
  redis.call('HSET', KEYS[1], 'value', entry)
else
  local living, gone = KEYS[4], KEYS[5]
  if ARGV[11] == '1' then living, gone = gone, living end
  ch.count = ch.count + redis.call('HSET', KEYS[3], key, int(ch.offset) .. ' ' .. entry)
  redis.call('ZADD', living, int(ch.offset), key)
  redis.call('ZREM', gone, key)
  local surplus = redis.call('ZCARD', KEYS[5]) - math.max(redis.call('ZCARD', KEYS[4]), ${MIN_TOMBSTONES})
  while surplus > 0 do
    local n = math.min(surplus, 500)
    local old = redis.call('ZRANGE', KEYS[5], 0, n - 1)
    ch.complete = tonumber(redis.call('ZSCORE', KEYS[5], old[n]))
    redis.call('HDEL', KEYS[3], unpack(old))
    redis.call('ZREMRANGEBYRANK', KEYS[5], 0, n - 1)
    ch.count = ch.count - n
    surplus = surplus - n
  end
end

save(ch)
if ARGV[13] == '' then
  redis.call('PERSIST', KEYS[1])
else
  for i = 1, 5 do
    if i ~= 2 then redis.call('PEXPIRE', KEYS[i], ARGV[13]) end
  end
end
if ARGV[14] ~= '' then
  redis.call('HSET', KEYS[7], 'ends', int(at + ARGV[14]), 'epoch', ch.epoch, 'offset', int(ch.offset))
  redis.call('PEXPIRE', KEYS[7], int(ARGV[14] + 1000))
end
if ARGV[12] == '1' then
  redis.call('SPUBLISH', KEYS[6], table.concat({ int(ch.offset), ch.epoch, mode, entry }, ' '))
end
return { ch.epoch, ch.offset, 0 }
`;

/**
 * Reads. ARGV[4] after or "", [5] limit or "", [6] "1" to take it from the newest end, [7] as 13 of an append,
 * [8] how long the epoch of a channel that nobody has written is kept. Answers epoch, offset, complete, mode and
 * what the mode keeps: events, or a value, or two lists of rows.
 */
export const READ = `${LETS_GO}
${OPEN}
local after, limit, newest = tonumber(ARGV[4]), tonumber(ARGV[5] ~= '' and ARGV[5] or -1), ARGV[6] == '1'
local ch = open()

local function texts(keys)
  local rows = {}
  for from = 1, #keys, 500 do
    local part = redis.call('HMGET', KEYS[3], unpack(keys, from, math.min(from + 499, #keys)))
    for _, row in ipairs(part) do rows[#rows + 1] = row end
  end
  return rows
end

local function changed(set)
  local command = newest and 'ZREVRANGEBYSCORE' or 'ZRANGEBYSCORE'
  local from, to = '(' .. int(after or 0), '+inf'
  if newest then from, to = to, from end
  return texts(redis.call(command, set, from, to, 'LIMIT', 0, limit))
end

local found, removed = {}, {}
if ch.mode == 'log' then
  shorten(ch, math.huge, math.huge)
  local from = int(math.max(after or 0, ch.complete) + 1)
  local count = limit < 0 and math.max(ch.count, 1) or limit
  if limit == 0 then
    found = {}
  elseif newest then
    found = redis.call('XREVRANGE', KEYS[2], '+', from, 'COUNT', count)
  else
    found = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', count)
  end
elseif ch.mode == 'latest' then
  if limit ~= 0 and ch.offset > (after or 0) then found = { redis.call('HGET', KEYS[1], 'value') } end
elseif ch.mode == 'table' and limit ~= 0 then
  found = changed(KEYS[4])
  if after then removed = changed(KEYS[5]) end
end

if ch.fresh or ch.changed then save(ch) end
if ch.mode == '' then
  redis.call('PEXPIRE', KEYS[1], ARGV[8])
elseif ARGV[7] ~= '' then
  for i = 1, 5 do
    if i ~= 2 then redis.call('PEXPIRE', KEYS[i], ARGV[7]) end
  end
end
return { ch.epoch, ch.offset, ch.complete, ch.mode, found, removed }
`;
