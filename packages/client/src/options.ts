import type { AnyContract, Codec } from "@tocsin/protocol";
import type { Clock } from "./clock.js";
import type { BackoffPolicy } from "./connection/backoff.js";
import type { SocketConstructor } from "./connection/dial.js";
import type { TokenSource } from "./connection/driver.js";
import type { Heartbeat } from "./connection/heartbeat.js";
import type { WakeSource } from "./connection/wake.js";
import type { Logger } from "./logger.js";

/** What a client needs to know, and what it may be told. */
export interface ClientOptions<C extends AnyContract> {
  /** Where the server is, as in `wss://example.com/ws`. Tokens do not belong into it: urls end up in logs. */
  readonly url: string;
  /** The contract shared with the server. */
  readonly contract: C;
  /**
   * A token, or a function that fetches one. The function is called on each connect and in time before a token
   * expires; when it fails it is called again after a backoff. Default: no authentication.
   */
  readonly token?: TokenSource;
  /** Format on the wire. Default: JSON. */
  readonly codec?: Codec;
  /** WebSocket constructor. Default: the one of `isomorphic-ws`, `ws` on Node and the global elsewhere. */
  readonly WebSocket?: SocketConstructor;
  /** Waits between attempts, with full jitter. Default: 500 ms doubling to 20 s; hints of the server win. */
  readonly backoff?: Partial<BackoffPolicy>;
  /** Overrides the server's heartbeat, in milliseconds. */
  readonly heartbeat?: Heartbeat;
  /**
   * Stop after so many failed attempts in a row, those of the first connect included. A connection that held
   * for 60 s starts the count anew. Default: never stop.
   */
  readonly maxAttempts?: number;
  /** Longest time for one attempt, token callback and handshake included, in milliseconds. Default: 15,000. */
  readonly connectTimeoutMs?: number;
  /** Longest wait for an answer, time spent offline included, in milliseconds. Default: 10,000. */
  readonly requestTimeoutMs?: number;
  /** Most requests that wait for a connection; one more is rejected with a `QueueOverflowError`. Default: 100. */
  readonly offlineQueue?: number;
  /** Closes the client when aborted. */
  readonly signal?: AbortSignal;
  /** Gets what happens as structured lines; errors nobody listens for are warnings. Default: silence. */
  readonly logger?: Logger;
  /** Time and timers. Default: the machine's. */
  readonly clock?: Clock;
  /** Random numbers in [0, 1), for jitter and idempotency keys. Default: `Math.random`. */
  readonly random?: () => number;
  /** What tells that the page or device woke up. Default: `online`, `pageshow`, `visibilitychange`. */
  readonly wakeUps?: WakeSource;
}
