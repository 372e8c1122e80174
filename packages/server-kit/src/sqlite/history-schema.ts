import { randomUUID } from "node:crypto";
import { command, query, type SqliteLike } from "./database.js";

/** What is stored of a channel as a whole. */
export interface ChannelRow {
  readonly id: number;
  readonly mode: "latest" | "table" | "log";
  readonly epoch: string;
  /** Offset of the newest event. */
  readonly newest: number;
  /** In a table: the newest offset at which a removal was forgotten. */
  readonly complete: number;
  /** In a log: how long an event is kept. */
  readonly ttl_ms: number;
  /** In a table: how many rows there are, and how many removed ones are remembered. */
  readonly living: number;
  readonly removed: number;
}

/** What is stored of an event. `data` and `key` are JSON, which has a form for every string. */
export interface EntryRow {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly removed: number;
  readonly data: string;
}

// Logs and latest values are keyed by offset, tables by row key: each is written in the order it is read.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS tocsin_history (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tocsin_channels (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, mode TEXT NOT NULL, epoch TEXT NOT NULL,
    newest INTEGER NOT NULL, complete INTEGER NOT NULL, ttl_ms INTEGER NOT NULL,
    living INTEGER NOT NULL, removed INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS tocsin_entries (
    channel INTEGER NOT NULL, "offset" INTEGER NOT NULL, timestamp INTEGER NOT NULL,
    key TEXT, data TEXT NOT NULL, PRIMARY KEY (channel, "offset")
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tocsin_rows (
    channel INTEGER NOT NULL, key TEXT NOT NULL, "offset" INTEGER NOT NULL, timestamp INTEGER NOT NULL,
    removed INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (channel, key)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS tocsin_rows_offset ON tocsin_rows (channel, "offset");
  CREATE INDEX IF NOT EXISTS tocsin_rows_removed ON tocsin_rows (channel, "offset") WHERE removed = 1;
`;

/** Makes the tables if they are missing and returns the epoch of every channel that has no row yet. */
export function prepareHistory(db: SqliteLike): string {
  db.exec(SCHEMA);
  command(
    db,
    "INSERT OR IGNORE INTO tocsin_history (name, value) VALUES ('epoch', ?)",
  )(randomUUID());
  const rows = query<{ value: string }>(
    db,
    "SELECT value FROM tocsin_history WHERE name = 'epoch'",
  )();
  return rows[0]?.value ?? randomUUID();
}

/** How safe a commit on this connection is, as it is set up. */
export function durabilityOf(db: SqliteLike): "none" | "process-crash" | "power-loss" {
  const files = query<{ name: string; file: string }>(db, "PRAGMA database_list")();
  if (files.every(({ file }) => file === "")) return "none";
  const [level] = query<{ synchronous: number }>(db, "PRAGMA synchronous")();
  return (level?.synchronous ?? 0) >= 2 ? "power-loss" : "process-crash";
}
