import type { HistoryPage, HistoryQuery, StoredEntry } from "../store/history-store.js";
import { query, type SqliteLike } from "./database.js";
import type { ChannelRow, EntryRow } from "./history-schema.js";

/** Reads what a channel keeps, without writing: what is too old is left out, wherever it still lies. */
export function pageReader(db: SqliteLike) {
  const firstLiving = query<{ offset: number }>(
    db,
    'SELECT "offset" FROM tocsin_entries WHERE channel = ? AND timestamp + ? > ? ORDER BY "offset" LIMIT 1',
  );
  const entries = bothWays(
    db,
    'SELECT "offset", timestamp, key, 0 AS removed, data FROM tocsin_entries WHERE channel = ? AND "offset" > ?',
  );
  const changedRows = bothWays(
    db,
    'SELECT "offset", timestamp, key, removed, data FROM tocsin_rows WHERE channel = ? AND "offset" > ?',
  );
  const rows = bothWays(
    db,
    `SELECT "offset", timestamp, key, removed, data FROM tocsin_rows
     WHERE channel = ? AND "offset" > ? AND removed = 0`,
  );

  return function page(channel: ChannelRow, wanted: HistoryQuery, at: number): HistoryPage {
    const { id, mode, epoch, newest } = channel;
    let { complete } = channel;
    if (mode === "log") {
      complete = (firstLiving(id, channel.ttl_ms, at)[0]?.offset ?? newest + 1) - 1;
    }
    const table = wanted.after === undefined ? rows : changedRows;
    const read = mode === "table" ? table : entries;
    const from = mode === "log" ? Math.max(wanted.after ?? 0, complete) : (wanted.after ?? 0);
    return { epoch, offset: newest, complete, entries: read(id, from, wanted).map(fromRow) };
  };
}

/** A query that takes its limit from either end and answers in ascending order. */
function bothWays(db: SqliteLike, sql: string) {
  const ascending = query<EntryRow>(db, `${sql} ORDER BY "offset" LIMIT ?`);
  const descending = query<EntryRow>(db, `${sql} ORDER BY "offset" DESC LIMIT ?`);
  const unlimited = -1;
  return (channel: number, after: number, { limit = unlimited, newest = false }: HistoryQuery) =>
    newest ? [...descending(channel, after, limit)].reverse() : ascending(channel, after, limit);
}

function fromRow({ offset, timestamp, key, removed, data }: EntryRow): StoredEntry {
  return {
    offset,
    data: JSON.parse(data),
    timestamp,
    ...(key !== null && { key: JSON.parse(key) }),
    ...(removed === 1 && { removed: true }),
  };
}
