import { type Clock, systemClock } from "../clock.js";
import { explained, PostgresTimeoutError } from "./errors.js";

/** What a channel of `LISTEN` brought. */
export interface PostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** The least that is asked of a connection. One from a `Pool` of `pg` fits. */
export interface PostgresClient {
  /** Runs one query, or several without values. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  /** Says `"notification"`, and `"error"` and `"end"` when it is lost. */
  on(event: string, listener: (about: PostgresNotification) => void): unknown;
  /** Takes a listener back. */
  removeListener(event: string, listener: (about: PostgresNotification) => void): unknown;
  /** Gives it back; `true` ends it instead. */
  release(destroy?: boolean): void;
}

/** The least that is asked of a pool. A `Pool` of `pg` fits. */
export interface PostgresPool {
  /** Hands out a connection, which its `release` gives back. */
  connect(): Promise<PostgresClient>;
  /** Says `"error"` when a connection nobody uses is lost. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Takes a listener back. */
  removeListener(event: "error", listener: (error: Error) => void): unknown;
}

/** A row, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs a query, and gives up after a time. */
export type RunQuery = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/**
 * Queries on connections of the pool. One that does not answer within `timeoutMs` is ended, so that neither it nor
 * what waits for it stays with the pool.
 */
export function queryRunner(
  pool: PostgresPool,
  timeoutMs: number,
  clock: Clock = systemClock,
): RunQuery {
  return async (text, values = []) => {
    const client = await connected(pool, timeoutMs, clock);
    const ignore = () => {}; // the query under way is rejected as well, and says why
    client.on("error", ignore);
    const leave = (destroy: boolean) => {
      if (!destroy) client.removeListener("error", ignore);
      client.release(destroy);
    };
    try {
      const { rows } = await within(clock, timeoutMs, client.query(text, [...values]));
      leave(false);
      return rows.filter(isRow);
    } catch (error) {
      const reason = explained(error);
      leave(reason.retryable);
      throw reason;
    }
  };
}

/** A connection of the pool, if there is one in time. One that comes too late goes back. */
export async function connected(
  pool: PostgresPool,
  timeoutMs: number,
  clock: Clock = systemClock,
): Promise<PostgresClient> {
  const connecting = pool.connect();
  try {
    return await within(clock, timeoutMs, connecting);
  } catch (error) {
    if (error instanceof PostgresTimeoutError) {
      connecting.then(
        (late) => late.release(),
        () => {},
      );
    }
    throw explained(error);
  }
}

/** Rejects when the work is not done in time. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () =>
      reject(new PostgresTimeoutError(`PostgreSQL did not answer within ${ms} ms`)),
    );
    work.then(resolve, reject).finally(cancel);
  });
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null;
}
