import { randomUUID } from "node:crypto";
import { entryText, literal, textEntry } from "../store/event-text.js";
import type {
  AppendedOnce,
  Durability,
  HistoryPage,
  HistoryQuery,
  HistoryStore,
  Keep,
  NewEntry,
  Once,
  StoredEntry,
} from "../store/history-store.js";
import { APPEND, READ } from "./history-lua.js";
import { type RedisKeys, redisKeys } from "./keys.js";
import { type RedisScripts, type RedisTimeout, script } from "./scripts.js";

/**
 * What the server is set up to write to its disk before it answers: nothing or snapshots now and then (`"none"`),
 * `appendonly yes` with `appendfsync everysec`, or with `appendfsync always`.
 */
export type RedisPersistence = "none" | "everysec" | "always";

/** Settings of {@link redisHistoryStore}. */
export interface RedisHistoryOptions extends RedisTimeout {
  /** How the server is set up. The stores cannot see it and only pass it on as `durability`. Default `"none"`. */
  readonly persistence?: RedisPersistence;
  /**
   * Whether another server may take over from this one, as with Sentinel and Cluster. Replicas follow behind, so
   * every channel then has a new epoch after a change of server, and nobody takes lost events for seen ones.
   * Default: no.
   */
  readonly failover?: boolean;
  /**
   * Whether an append also hands the event to the brokers with the same prefix, in the same step. They then see
   * all events of a channel in the order of their offsets, whatever node published them. Default: no.
   */
  readonly announce?: boolean;
  /** Most bytes of one `log`, whatever its retention allows. Default 64 MiB. */
  readonly maxLogBytes?: number;
  /** After so many milliseconds without a read or a write a channel is forgotten whole. Default: never. */
  readonly forgetAfterMs?: number;
  /** What every key begins with. Default `"tocsin"`. */
  readonly prefix?: string;
  /** Milliseconds since 1970. Default: the clock of the Redis server, which all nodes share. */
  readonly now?: () => number;
}

/** A history store that claims a key and appends in one step. */
export type RedisHistoryStore = HistoryStore & Required<Pick<HistoryStore, "appendOnce">>;

const DURABILITY: { readonly [P in RedisPersistence]: Durability } = {
  none: "none",
  everysec: "process-crash",
  always: "power-loss",
};

/** So long the epoch of a channel that nobody has written is remembered after somebody read it. */
const UNWRITTEN_MS = 24 * 3_600_000;

/**
 * Keeps history in Redis, for any number of nodes. An append numbers the event, stores it, lets go of what is too
 * old and announces it, all in one script on the server, so nothing comes between. What an append survives is up
 * to the server; say with `persistence` how it is set up.
 *
 * A channel whose keys are lost, by `FLUSHALL` or by eviction, has a new epoch, and its readers are told of a gap.
 *
 * Data is stored as JSON. The caller owns the client and closes it.
 */
export function redisHistoryStore(
  client: RedisScripts,
  options: RedisHistoryOptions = {},
): RedisHistoryStore {
  const { persistence = "none", failover = false, announce = false, now } = options;
  const { maxLogBytes = 64 * 1024 * 1024, forgetAfterMs } = options;
  const keys = redisKeys(options.prefix);
  const append = script(client, APPEND, options);
  const read = script(client, READ, options);
  const forget = forgetAfterMs === undefined ? "" : String(forgetAfterMs);
  const common = () => [now === undefined ? "" : String(now()), randomUUID(), flag(failover)];

  const store = async (
    channel: string,
    entry: NewEntry,
    keep: Keep,
    once?: Once,
  ): Promise<AppendedOnce> => {
    const { size, ttlMs } = keep.mode === "log" ? keep : { size: 0, ttlMs: 0 };
    const answer = await append(channelKeys(keys, channel, once), [
      ...common(),
      keep.mode,
      String(size),
      String(ttlMs),
      String(maxLogBytes),
      String(entry.timestamp),
      entryText(channel, entry),
      literal(entry.key ?? ""),
      flag(entry.removed === true),
      flag(announce),
      forget,
      once === undefined ? "" : String(once.ttlMs),
    ]);
    const [epoch, offset, duplicate] = Array.isArray(answer) ? answer : [];
    return { epoch: String(epoch), offset: Number(offset), duplicate: duplicate === 1 };
  };

  return {
    durability: DURABILITY[persistence],
    async append(channel, entry, keep) {
      const { epoch, offset } = await store(channel, entry, keep);
      return { epoch, offset };
    },
    appendOnce: store,
    async read(channel, query = {}) {
      const { after, limit, newest = false } = query;
      const answer = await read(channelKeys(keys, channel), [
        ...common(),
        after === undefined ? "" : String(after),
        limit === undefined ? "" : String(limit),
        flag(newest),
        forget,
        String(UNWRITTEN_MS),
      ]);
      return page(answer, query);
    },
    async [Symbol.asyncDispose]() {},
  } satisfies RedisHistoryStore;
}

function channelKeys(keys: RedisKeys, channel: string, once?: Once): string[] {
  const kinds = ["meta", "log", "rows", "living", "removed", "events"] as const;
  const own = kinds.map((kind) => keys.ofChannel(channel, kind));
  return once === undefined ? own : [...own, keys.ofOnce(channel, once.key)];
}

function page(answer: unknown, query: HistoryQuery): HistoryPage {
  const [epoch, offset, complete, mode, found, removed] = Array.isArray(answer) ? answer : [];
  const position = { epoch: String(epoch), offset: Number(offset), complete: Number(complete) };
  switch (mode) {
    case "log": {
      const entries = list(found).map(fromStream);
      return { ...position, entries: query.newest ? entries.reverse() : entries };
    }
    case "latest":
      return {
        ...position,
        entries: list(found).map((text) => textEntry(position.offset, String(text))),
      };
    case "table":
      return { ...position, entries: rowsInOrder([...list(found), ...list(removed)], query) };
    default:
      return { ...position, entries: [] };
  }
}

/** Each of the two lists was limited by itself; together they are sorted and limited again. */
function rowsInOrder(
  rows: readonly unknown[],
  { limit = rows.length, newest }: HistoryQuery,
): readonly StoredEntry[] {
  const entries = rows.map(fromRow).sort((a, b) => a.offset - b.offset);
  return newest ? entries.slice(Math.max(0, entries.length - limit)) : entries.slice(0, limit);
}

function fromStream(event: unknown): StoredEntry {
  const [id, fields] = list(event);
  return textEntry(Number.parseInt(String(id), 10), String(list(fields)[3]));
}

function fromRow(row: unknown): StoredEntry {
  const text = String(row);
  const space = text.indexOf(" ");
  return textEntry(Number(text.slice(0, space)), text.slice(space + 1));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function flag(yes: boolean): string {
  return yes ? "1" : "0";
}
