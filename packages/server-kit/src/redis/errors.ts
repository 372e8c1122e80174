import { TocsinError } from "@tocsin/protocol";

/** What to open cannot be meant: no address, or more than one kind of address. */
export class RedisSettingsError extends TocsinError {
  override name = "RedisSettingsError";
}

/** Redis cannot be reached, or has left too much unanswered. The command was not sent, or its answer was lost. */
export class RedisUnavailableError extends TocsinError {
  override name = "RedisUnavailableError";
  override readonly retryable = true;
}

/** Redis did not answer in time. Whether the command took effect is not known. */
export class RedisTimeoutError extends TocsinError {
  override name = "RedisTimeoutError";
  override readonly retryable = true;
}

/** Redis answered with an error that trying again will not change: no permission, or a key of another type. */
export class RedisRefusedError extends TocsinError {
  override name = "RedisRefusedError";
}

/** Error replies that stay what they are until somebody changes the settings. */
const LASTING = /^(NOPERM|NOAUTH|WRONGPASS|WRONGTYPE|ERR) /;

/** Says of a failed command whether trying again may help. */
export function explained(cause: unknown): TocsinError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return LASTING.test(said)
    ? new RedisRefusedError(`Redis refused a command: ${said}`, { cause })
    : new RedisUnavailableError(`Redis could not do a command: ${said}`, { cause });
}
