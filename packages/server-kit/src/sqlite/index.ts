export type { SqliteLike, SqliteStatement } from "./database.js";
export { type SqliteDedupOptions, sqliteDedupStore } from "./dedup-sqlite.js";
export {
  KeyTakenError,
  SqliteBusyError,
  SqliteClosedError,
  SqliteOpenError,
  UnstorableDataError,
} from "./errors.js";
export {
  type SqliteHistoryOptions,
  type SqliteHistoryStore,
  sqliteHistoryStore,
} from "./history-sqlite.js";
export { type OpenSqliteOptions, openSqlite } from "./open-sqlite.js";
