import { SqliteClosedError } from "./errors.js";

/** A statement, prepared once and run often. */
export interface SqliteStatement {
  /** Runs it to the end and returns its rows. */
  all(...values: readonly unknown[]): readonly unknown[];
  /** Runs it for its effect. */
  run(...values: readonly unknown[]): unknown;
}

/** The least the stores ask of a database. The ones of `libsql` and `better-sqlite3` fit as they are. */
export interface SqliteLike {
  /** Runs statements for their effect. */
  exec(sql: string): unknown;
  /** Prepares one statement. */
  prepare(sql: string): SqliteStatement;
  /** Whether somebody else's transaction is open on this connection; the stores then wait for its end. */
  readonly inTransaction?: boolean;
  /** `false` once it is closed; the stores then refuse, for some drivers end the process when used after that. */
  readonly open?: boolean;
}

/** @throws {@link SqliteClosedError} when the connection is closed. */
export function mustBeOpen(db: SqliteLike): void {
  if (db.open !== false) return;
  throw new SqliteClosedError("the database is closed; close it after the hub and its stores");
}

/** Prepares a query and says what its rows are. Nothing else writes these tables, so that they are is an invariant. */
export function query<Row>(
  db: SqliteLike,
  sql: string,
): (...values: readonly unknown[]) => readonly Row[] {
  const statement = db.prepare(sql);
  // Always to the last row: a statement left half way keeps the transaction from being committed.
  return (...values) => statement.all(...values) as readonly Row[];
}

/** Prepares a statement that returns nothing. */
export function command(db: SqliteLike, sql: string): (...values: readonly unknown[]) => void {
  const statement = db.prepare(sql);
  return (...values) => {
    statement.run(...values);
  };
}
