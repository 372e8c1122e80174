import { TocsinError } from "@tocsin/protocol";

/** The database file cannot be opened: no such directory, no right to write, or not a database. */
export class SqliteOpenError extends TocsinError {
  override name = "SqliteOpenError";
}

/** The connection was closed while a store still used it. */
export class SqliteClosedError extends TocsinError {
  override name = "SqliteClosedError";
}

/** Another process held the database for longer than the busy timeout. Nothing was written. */
export class SqliteBusyError extends TocsinError {
  override name = "SqliteBusyError";
  override readonly retryable = true;
}

/** The data has no JSON form, so it could not be stored and read back. */
export class UnstorableDataError extends TocsinError {
  override name = "UnstorableDataError";
}

/** Says that another process is in the way; leaves every other error as it is. */
export function explainBusy(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  if (!String(error.code).startsWith("SQLITE_BUSY")) return error;
  return new SqliteBusyError(
    "the database is locked by another connection; keep transactions short, raise busyTimeoutMs or try again",
    { cause: error },
  );
}

/** A key is claimed and not settled: somebody else is at work with it, or died at it. Free again after its window. */
export class KeyTakenError extends TocsinError {
  override name = "KeyTakenError";
  override readonly retryable = true;
}
