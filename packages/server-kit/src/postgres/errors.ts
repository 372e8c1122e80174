import { TocsinError } from "@tocsin/protocol";

/** PostgreSQL cannot be reached or could not finish. What was asked for did not happen, or its answer was lost. */
export class PostgresUnavailableError extends TocsinError {
  override name = "PostgresUnavailableError";
  override readonly retryable = true;
}

/** PostgreSQL did not answer in time. Whether what was asked for happened is not known. */
export class PostgresTimeoutError extends TocsinError {
  override name = "PostgresTimeoutError";
  override readonly retryable = true;
}

/** PostgreSQL refused, and would again: no permission, no such table, a standby that takes no writes. */
export class PostgresRefusedError extends TocsinError {
  override name = "PostgresRefusedError";
}

/** A setting, or the database, is not what the stores need. */
export class PostgresSettingsError extends TocsinError {
  override name = "PostgresSettingsError";
}

/** Classes of SQLSTATE that pass: connection, transaction rolled back, too few resources, intervention, system. */
const PASSING = /^(08|40|53|57|58)/;

/** Says of a failed query whether trying again may help. */
export function explained(cause: unknown): TocsinError {
  if (cause instanceof TocsinError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /^[0-9A-Z]{5}$/.test(code) && !PASSING.test(code)
    ? new PostgresRefusedError(`PostgreSQL refused a query: ${said}`, { cause })
    : new PostgresUnavailableError(`PostgreSQL could not finish a query: ${said}`, { cause });
}
