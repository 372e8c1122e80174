import { type Gap, type Problem, TocsinError } from "@tocsin/protocol";

/** The socket was closed. `retryable` says whether the client comes back by itself. */
export class ConnectionClosedError extends TocsinError {
  override name = "ConnectionClosedError";
  constructor(
    /** WebSocket close code, see `CloseCode` of the protocol. */
    readonly code: number,
    /** What the server said, often empty. */
    readonly reason: string,
    override readonly retryable: boolean,
  ) {
    super(`the connection was closed with code ${code}${reason && `: ${reason}`}`);
  }
}

/** Nothing was heard from the server for its interval and timeout; the socket was abandoned. */
export class HeartbeatTimeoutError extends TocsinError {
  override name = "HeartbeatTimeoutError";
  override readonly retryable = true;
}

/** No usable connection within `connectTimeoutMs`, token callback and handshake included. */
export class ConnectTimeoutError extends TocsinError {
  override name = "ConnectTimeoutError";
  override readonly retryable = true;
}

/** The WebSocket could not even be made, for instance because the url is not one. */
export class DialError extends TocsinError {
  override name = "DialError";
}

/** The token callback failed; `cause` is what it threw. It is called again after a backoff. */
export class TokenError extends TocsinError {
  override name = "TokenError";
  override readonly retryable = true;
}

/** The server sent a frame that is not of the protocol. The frame is skipped, the connection stays. */
export class ProtocolError extends TocsinError {
  override name = "ProtocolError";
}

/**
 * No answer in time. What was asked may or may not have been done: repeat a publish with the same `key` and it
 * takes effect once.
 */
export class RequestTimeoutError extends TocsinError {
  override name = "RequestTimeoutError";
  override readonly retryable = true;
}

/** The caller's `signal` ended the wait; `cause` is its reason. What was already sent is not taken back. */
export class AbortedError extends TocsinError {
  override name = "AbortedError";
}

/** More was queued than the queue holds: requests while offline, or events a loop does not keep up with. */
export class QueueOverflowError extends TocsinError {
  override name = "QueueOverflowError";
  override readonly retryable = true;
}

/** `client.close()` was called, or the client's `signal` was aborted. Final. */
export class ClientClosedError extends TocsinError {
  override name = "ClientClosedError";
  constructor() {
    super("the client is closed");
  }
}

const PASSING: readonly string[] = ["rate-limited", "unavailable", "internal"];

/** The server answered with an error. */
export class RequestError extends TocsinError {
  override name = "RequestError";
  override readonly retryable: boolean;
  constructor(
    message: string,
    /** One of the protocol's error codes, or one of a method's own. */
    readonly code: string,
    /** Code-specific, such as `{ field }`. */
    readonly details?: unknown,
    /** How long the server asks to wait, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.retryable = PASSING.includes(code);
  }
}

/** Data that does not fit its schema in the contract: incoming data is not delivered, outgoing data not sent. */
export class InvalidPayloadError extends TocsinError {
  override name = "InvalidPayloadError";
  /** Path of the wrong part, as in `rules.0.price`; empty for the value itself. */
  readonly field: string;
  constructor(
    /** The channel address or method name. */
    readonly subject: string,
    { field, message }: Problem,
  ) {
    super(`${subject}: ${field && `${field}: `}${message}`);
    this.field = field;
  }
}

/** The channel is already subscribed with other `params`. Unsubscribe the others first, or share their params. */
export class SubscriptionConflictError extends TocsinError {
  override name = "SubscriptionConflictError";
}

/** The server ended this one subscription, for instance because a right was withdrawn. */
export class SubscriptionEndedError extends TocsinError {
  override name = "SubscriptionEndedError";
}

/** A handler threw; `cause` is what. The event counts as delivered, other handlers still got it. */
export class HandlerError extends TocsinError {
  override name = "HandlerError";
}

/** What a subscriber missed and will not be sent, both offsets inclusive. */
export interface GapReport extends Gap {
  /** The channel it happened on. */
  readonly channel: string;
}
