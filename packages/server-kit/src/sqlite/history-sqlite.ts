import { randomUUID } from "node:crypto";
import type { AppendedOnce, HistoryStore, Keep, NewEntry, Once } from "../store/history-store.js";
import { positionText, textPosition } from "../store/position-text.js";
import { command, mustBeOpen, query, type SqliteLike } from "./database.js";
import { dedupTable } from "./dedup-table.js";
import { KeyTakenError, UnstorableDataError } from "./errors.js";
import { type ChannelRow, durabilityOf, prepareHistory } from "./history-schema.js";
import { type JsonEntry, keptSqlite } from "./kept-sqlite.js";
import { pageReader } from "./page-sqlite.js";
import { inTransaction, writeQueue } from "./write-queue.js";

/** Settings of {@link sqliteHistoryStore}. */
export interface SqliteHistoryOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/** A history store that claims a key and appends in one transaction. */
export type SqliteHistoryStore = HistoryStore & Required<Pick<HistoryStore, "appendOnce">>;

/** After so many appends one other channel is looked at, so that quiet ones lose their expired events too. */
const APPENDS_PER_SWEEP = 16;

/**
 * Keeps history in a database file. An append has been committed when it resolves; on a connection of
 * `openSqlite` that means it survives the loss of power, and `durability` says what it means on yours. Appends of
 * one round of the event loop share a commit. Several processes may use one file.
 *
 * Positions live as long as the file. Putting back an older copy of it turns positions back as well: delete the
 * tables whose names begin with `tocsin_` from such a copy, and readers are told of a gap instead of missing
 * events in silence.
 *
 * Data is stored as JSON: a `Date` comes back as text. The caller owns `db` and closes it.
 */
export function sqliteHistoryStore(
  db: SqliteLike,
  { now = Date.now }: SqliteHistoryOptions = {},
): SqliteHistoryStore {
  const unwritten = prepareHistory(db);
  const queue = writeQueue(db);
  const kept = keptSqlite(db);
  const keys = dedupTable(db, now);
  const page = pageReader(db);
  const find = query<ChannelRow>(db, "SELECT * FROM tocsin_channels WHERE name = ?");
  const create = query<ChannelRow>(
    db,
    `INSERT INTO tocsin_channels (name, mode, epoch, newest, complete, ttl_ms, living, removed)
     VALUES (?, ?, ?, 0, 0, 0, 0, 0) RETURNING *`,
  );
  const save = command(
    db,
    `UPDATE tocsin_channels SET mode = ?, epoch = ?, newest = ?, complete = ?, ttl_ms = ?, living = ?, removed = ?
     WHERE id = ?`,
  );
  const nextLog = query<ChannelRow>(
    db,
    "SELECT * FROM tocsin_channels WHERE id > ? AND mode = 'log' ORDER BY id LIMIT 1",
  );
  let appends = 0;
  let swept = 0;

  function open(name: string, mode: Keep["mode"]): ChannelRow {
    const known = find(name)[0] ?? create(name, mode, unwritten)[0];
    if (known === undefined) throw new UnstorableDataError(`channel ${name} could not be created`);
    if (known.mode === mode) return known;
    // Another mode makes it another channel: positions in the old one mean nothing in the new one.
    kept.clear(known.id);
    const epoch = randomUUID();
    return { id: known.id, mode, epoch, newest: 0, complete: 0, ttl_ms: 0, living: 0, removed: 0 };
  }

  function append(name: string, entry: JsonEntry, keep: Keep) {
    const at = now();
    const before = open(name, keep.mode);
    const channel = { ...before, newest: before.newest + 1 };
    const changed = change(channel, entry, keep, at);
    const { id, mode, epoch, newest, complete, ttl_ms, living, removed } = changed;
    save(mode, epoch, newest, complete, ttl_ms, living, removed, id);
    sweep(at);
    return { epoch, offset: newest };
  }

  function appendOnce(
    name: string,
    entry: JsonEntry,
    keep: Keep,
    { key, ttlMs }: Once,
  ): AppendedOnce {
    const claimed = keys.claim(key, ttlMs);
    if (claimed.won) {
      const position = append(name, entry, keep);
      keys.settle(key, positionText(position), claimed.token);
      return { ...position, duplicate: false };
    }
    const first = textPosition(claimed.value);
    if (first) return { ...first, duplicate: true };
    throw new KeyTakenError(
      `the key of this append is held by a claim of a dedup store on the same file`,
    );
  }

  function change(channel: ChannelRow, entry: JsonEntry, keep: Keep, at: number): ChannelRow {
    if (keep.mode === "table") return kept.changeRow(channel, entry);
    if (keep.mode === "latest") {
      kept.replaceLatest(channel, entry);
      return channel;
    }
    kept.expire(channel, at); // by the old time to live: what a reader saw gone does not come back
    const changed = { ...channel, ttl_ms: keep.ttlMs };
    kept.addToLog(changed, entry, keep.size);
    kept.expire(changed, at);
    return changed;
  }

  function sweep(at: number): void {
    appends += 1;
    if (appends % APPENDS_PER_SWEEP !== 0) return;
    const [next] = nextLog(swept);
    swept = next?.id ?? 0;
    if (next) kept.expire(next, at);
  }

  return {
    durability: durabilityOf(db),
    async append(name, entry, keep) {
      const stored = toJson(name, entry);
      return queue.write(() => append(name, stored, keep));
    },
    async appendOnce(name, entry, keep, once) {
      const stored = toJson(name, entry);
      return queue.write(() => appendOnce(name, stored, keep, once));
    },
    async read(name, wanted = {}) {
      const read = () => {
        const [channel] = find(name);
        if (channel) return page(channel, wanted, now());
        return { epoch: unwritten, offset: 0, complete: 0, entries: [] };
      };
      mustBeOpen(db);
      return db.inTransaction ? read() : inTransaction(db, "DEFERRED", read);
    },
    [Symbol.asyncDispose]: () => queue.settled(),
  } satisfies SqliteHistoryStore;
}

function toJson(name: string, { data, timestamp, key, removed }: NewEntry): JsonEntry {
  try {
    return {
      data: JSON.stringify(data) ?? "null",
      timestamp,
      key: key === undefined ? null : JSON.stringify(key),
      ...(removed !== undefined && { removed }),
    };
  } catch (error) {
    throw new UnstorableDataError(
      `channel "${name}": the data has no JSON form; publish plain values without cycles and bigints`,
      { cause: error },
    );
  }
}
