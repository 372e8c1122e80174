/**
 * Why a socket was closed. 4000–4499: come back, the condition passes. 4500–4999: do not come back without
 * a change on your side. Codes below 4000 are those of RFC 6455 section 7.4.1.
 */
export const CloseCode = {
  /** Either side is done. */
  Normal: 1000,
  /** The page or the process goes away. */
  GoingAway: 1001,
  /** Broken framing. */
  ProtocolError: 1002,
  /** A binary frame on a text protocol, or the reverse. */
  UnsupportedData: 1003,
  /** A text frame that is not UTF-8. */
  InvalidText: 1007,
  /** Something the server refuses to take, such as a message in endless fragments. */
  PolicyViolation: 1008,
  /** A message above the size limit. */
  TooLarge: 1009,
  /** The server failed. */
  ServerError: 1011,
  /** The server restarts: come back, elsewhere or later. */
  ServiceRestart: 1012,
  /** The server is full for now. */
  TryAgainLater: 1013,

  /** No sign of life within interval and timeout. */
  HeartbeatTimeout: 4000,
  /** The token expired while connected: fetch a new one and come back. */
  TokenExpired: 4005,
  /** The reader fell further behind than its outbox holds: come back and recover. */
  SlowConsumer: 4008,
  /** Too many messages: come back after the advised wait. */
  RateLimited: 4029,

  /** The peer keeps sending what the protocol does not know, or changes user in mid-connection. */
  BadRequest: 4500,
  /** No token in time, or one that does not verify. */
  Unauthorized: 4501,
  /** The right to be here was withdrawn. */
  Forbidden: 4503,
} as const;

/** One of the numbers in {@link CloseCode}. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
