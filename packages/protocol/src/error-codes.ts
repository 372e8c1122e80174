/** The `code` of an `error` message, and what it means. */
export const ERROR_CODES = [
  /** The frame is not a message: broken JSON, broken MessagePack, nested too deep. */
  "malformed",
  /** The `type` is not one a client may send. */
  "unknown-type",
  /** A field of the message is missing or wrong; `details.field` names it. */
  "invalid-message",
  /** No channel of the contract has this address. */
  "unknown-channel",
  /** No method of the contract has this name. */
  "unknown-method",
  /** The data of a publish does not fit the channel's schema; `details.field` names the part. */
  "invalid-payload",
  /** The params of a subscribe or call do not fit their schema; `details.field` names the part. */
  "invalid-params",
  /** Sent before the connection was authenticated. */
  "unauthenticated",
  /** Authenticated, but not allowed to do this here. */
  "forbidden",
  /** A limit of the server, such as the channels of one connection, is reached. */
  "limit",
  /** Too many messages in too short a time; `retryAfterMs` says when to go on. */
  "rate-limited",
  /** The request id is in use by a request that is still open. */
  "duplicate-id",
  /** The message needs a subscription that is not there. */
  "not-subscribed",
  /** The request is fine, but this channel or server does not do that. */
  "unsupported",
  /** The server, or a part it depends on, cannot answer now. Nothing was done. */
  "unavailable",
  /** The server failed in a way it did not foresee. */
  "internal",
] as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];
