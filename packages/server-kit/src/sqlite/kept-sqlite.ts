import type { NewEntry } from "../store/history-store.js";
import { MIN_TOMBSTONES } from "../store/table-memory.js";
import { command, query, type SqliteLike } from "./database.js";
import type { ChannelRow } from "./history-schema.js";

/** An entry in the form it is stored in. */
export type JsonEntry = Pick<NewEntry, "timestamp" | "removed"> & {
  readonly key: string | null;
  readonly data: string;
};

/** Writes what a channel keeps. Everything here runs inside a transaction of the caller. */
export interface KeptSqlite {
  /** Drops what is too old at `at`, without leaving a hole. */
  expire(channel: Pick<ChannelRow, "id" | "ttl_ms">, at: number): void;
  addToLog(channel: ChannelRow, entry: JsonEntry, size: number): void;
  replaceLatest(channel: ChannelRow, entry: JsonEntry): void;
  /** Puts or removes a row; returns the channel with its counts brought up to date. */
  changeRow(channel: ChannelRow, entry: JsonEntry): ChannelRow;
  /** Forgets everything a channel kept. */
  clear(channel: number): void;
}

/** Prepares the statements. `newest` of the channel handed in is the offset of the entry. */
export function keptSqlite(db: SqliteLike): KeptSqlite {
  const oldest = query<{ timestamp: number }>(
    db,
    'SELECT timestamp FROM tocsin_entries WHERE channel = ? ORDER BY "offset" LIMIT 1',
  );
  const firstLiving = query<{ offset: number }>(
    db,
    'SELECT "offset" FROM tocsin_entries WHERE channel = ? AND timestamp + ? > ? ORDER BY "offset" LIMIT 1',
  );
  const dropBelow = command(db, 'DELETE FROM tocsin_entries WHERE channel = ? AND "offset" < ?');
  const insert = command(
    db,
    'INSERT INTO tocsin_entries (channel, "offset", timestamp, key, data) VALUES (?, ?, ?, ?, ?)',
  );
  const rowBefore = query<{ removed: number }>(
    db,
    "SELECT removed FROM tocsin_rows WHERE channel = ? AND key = ?",
  );
  const putRow = command(
    db,
    `INSERT OR REPLACE INTO tocsin_rows (channel, key, "offset", timestamp, removed, data)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const lastOfOldRemovals = query<{ offset: number }>(
    db,
    'SELECT "offset" FROM tocsin_rows WHERE channel = ? AND removed = 1 ORDER BY "offset" LIMIT 1 OFFSET ?',
  );
  const forgetRemovals = command(
    db,
    'DELETE FROM tocsin_rows WHERE channel = ? AND removed = 1 AND "offset" <= ?',
  );
  const clearEntries = command(db, "DELETE FROM tocsin_entries WHERE channel = ?");
  const clearRows = command(db, "DELETE FROM tocsin_rows WHERE channel = ?");

  function boundRemovals(channel: ChannelRow): ChannelRow {
    const surplus = channel.removed - Math.max(channel.living, MIN_TOMBSTONES);
    if (surplus <= 0) return channel;
    const complete = lastOfOldRemovals(channel.id, surplus - 1)[0]?.offset ?? channel.complete;
    forgetRemovals(channel.id, complete);
    return { ...channel, complete, removed: channel.removed - surplus };
  }

  return {
    expire({ id, ttl_ms }, at) {
      const [first] = oldest(id);
      if (first === undefined || first.timestamp + ttl_ms > at) return;
      const living = firstLiving(id, ttl_ms, at)[0];
      if (living) dropBelow(id, living.offset);
      else clearEntries(id);
    },
    addToLog({ id, newest }, { timestamp, key, data }, size) {
      insert(id, newest, timestamp, key, data);
      dropBelow(id, newest - size + 1);
    },
    replaceLatest({ id, newest }, { timestamp, key, data }) {
      clearEntries(id);
      insert(id, newest, timestamp, key, data);
    },
    changeRow(channel, { timestamp, key: rowKey, data, removed = false }) {
      const key = rowKey ?? '""';
      const before = rowBefore(channel.id, key)[0]?.removed;
      putRow(channel.id, key, channel.newest, timestamp, Number(removed), data);
      return boundRemovals({
        ...channel,
        living: channel.living + Number(!removed) - Number(before === 0),
        removed: channel.removed + Number(removed) - Number(before === 1),
      });
    },
    clear(channel) {
      clearEntries(channel);
      clearRows(channel);
    },
  };
}
