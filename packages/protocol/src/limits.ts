/** Longest channel address, in bytes. Addresses are ASCII, so also in characters. */
export const MAX_CHANNEL_BYTES = 255;

/** Longest request id, in characters. */
export const MAX_ID_LENGTH = 64;

/** Longest idempotency key of a publish, in characters. */
export const MAX_KEY_LENGTH = 255;

/** Longest token of an `auth` message, in characters. */
export const MAX_TOKEN_LENGTH = 8_192;

/** Deepest nesting of a message. Deeper ones are refused before anything recursive touches them. */
export const MAX_DEPTH = 64;

/** Largest message a server accepts by default, in bytes. */
export const DEFAULT_MAX_MESSAGE_BYTES = 65_536;

/** Most channels one connection may be subscribed to by default. */
export const DEFAULT_MAX_CHANNELS = 128;

/** How often a server expects a sign of life by default, in milliseconds. */
export const DEFAULT_HEARTBEAT_INTERVAL_MS = 25_000;

/** How long after a missed sign of life a peer is given up by default, in milliseconds. */
export const DEFAULT_HEARTBEAT_TIMEOUT_MS = 8_000;

/** Most events one `history` request, one `rewind` or one recovery returns by default. */
export const DEFAULT_MAX_REPLAY = 1_000;
