import { TocsinError } from "@tocsin/protocol";

/** NATS cannot be reached, or cannot do it now. What was asked for did not happen, or its answer was lost. */
export class NatsUnavailableError extends TocsinError {
  override name = "NatsUnavailableError";
  override readonly retryable = true;
}

/** NATS did not answer in time. Whether what was asked for happened is not known. */
export class NatsTimeoutError extends TocsinError {
  override name = "NatsTimeoutError";
  override readonly retryable = true;
}

/** NATS refused, and would again: no permission, no JetStream, an event above `max_payload`. */
export class NatsRefusedError extends TocsinError {
  override name = "NatsRefusedError";
}

/** A setting, or a stream that is there already, is not what the stores need. */
export class NatsSettingsError extends TocsinError {
  override name = "NatsSettingsError";
}

/** The code of the JetStream API for it. */
const WRONG_LAST_SEQUENCE = 10_071;

/** Whether somebody else wrote to the subject first. */
export function cameSecond(error: unknown): boolean {
  const cause = error instanceof TocsinError ? error.cause : error;
  return cause instanceof Error && "code" in cause && cause.code === WRONG_LAST_SEQUENCE;
}

const LASTING = new Set([
  "AuthorizationError",
  "PermissionViolationError",
  "JetStreamNotEnabled",
  "InvalidArgumentError",
  "InvalidSubjectError",
]);

/** Says of a failed request whether trying again may help. */
export function explained(cause: unknown): TocsinError {
  if (cause instanceof TocsinError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const name = cause instanceof Error ? cause.name : "";
  if (name === "TimeoutError") {
    return new NatsTimeoutError(`NATS did not answer in time: ${said}`, { cause });
  }
  return LASTING.has(name)
    ? new NatsRefusedError(`NATS refused a request: ${said}`, { cause })
    : new NatsUnavailableError(`NATS could not do it: ${said}`, { cause });
}
