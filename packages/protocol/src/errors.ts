/** Root of every error this project throws on purpose. `retryable` says whether the same call may succeed later. */
export class TocsinError extends Error {
  override name = "TocsinError";
  readonly retryable: boolean = false;
}

/** The contract itself is wrong: a malformed template, an ambiguous channel, a duration nobody can read. */
export class ContractError extends TocsinError {
  override name = "ContractError";
}

/** Values that cannot be put into a channel address: a missing or empty part, or an address that is too long. */
export class AddressError extends TocsinError {
  override name = "AddressError";
}
