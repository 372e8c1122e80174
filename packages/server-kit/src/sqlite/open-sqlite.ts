import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "libsql";
import { SqliteOpenError } from "./errors.js";

/** Settings of {@link openSqlite}. */
export interface OpenSqliteOptions {
  /** How long to wait for another process that writes, in milliseconds. The event loop stands still meanwhile. Default 5,000. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens a database file, or makes it, so that a commit is on the disk when it returns: write-ahead log,
 * `synchronous=full`. Whoever opens it closes it. Give Tocsin's stores a connection of their own, and none
 * that is also used for transactions which wait for something.
 *
 * @throws {@link SqliteOpenError} when the directory is missing, the file cannot be written or is no database.
 */
export function openSqlite(
  path: string,
  { busyTimeoutMs = 5_000 }: OpenSqliteOptions = {},
): Database.Database {
  if (path !== ":memory:") checkPath(path);
  try {
    const db = new Database(path, { timeout: busyTimeoutMs });
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    return db;
  } catch (error) {
    throw new SqliteOpenError(`${resolve(path)} cannot be opened as an SQLite database`, {
      cause: error,
    });
  }
}

function checkPath(path: string): void {
  const directory = dirname(resolve(path));
  if (!existsSync(directory)) {
    throw new SqliteOpenError(`the directory ${directory} does not exist; make it first`);
  }
  if (existsSync(path) && statSync(path).isDirectory()) {
    throw new SqliteOpenError(`${resolve(path)} is a directory; name a file in it`);
  }
  const target = existsSync(path) ? path : directory;
  try {
    accessSync(target, constants.W_OK | constants.R_OK);
    accessSync(directory, constants.W_OK); // the write-ahead log is a second file beside it
  } catch (error) {
    throw new SqliteOpenError(
      `${resolve(target)} cannot be written; give this process the right to write it and its directory`,
      { cause: error },
    );
  }
}
