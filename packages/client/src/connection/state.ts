import type { TocsinError } from "@tocsin/protocol";
import type { BackoffPolicy } from "./backoff.js";
import type { Heartbeat } from "./heartbeat.js";

/** What an attempt still waits for before the connection is of use, in this order. */
export type Awaited = "token" | "open" | "connected" | "authenticated";

interface Common {
  /** Number of the newest attempt. Whatever carries another number comes from an abandoned socket. */
  readonly generation: number;
  /** Failures in a row so far. */
  readonly attempt: number;
  /** Earliest time the server wants to see us again, milliseconds since 1970. */
  readonly comeBackAt?: number;
  /** Over how long the server wants clients spread should it be lost, in milliseconds; kept until it says otherwise. */
  readonly withinMs?: number | undefined;
}

/** What the server said about itself. */
export interface Hello {
  readonly heartbeat: Heartbeat;
  /** Server time minus ours, in milliseconds. */
  readonly skewMs: number;
}

export interface Connecting extends Common {
  readonly status: "connecting";
  readonly awaits: readonly Awaited[];
  readonly token?: string;
  readonly hello?: Hello;
  readonly expiresAt?: number | undefined;
}

export interface Live extends Common {
  readonly status: "live";
  readonly since: number;
  readonly hello: Hello;
  /** When a ping went out that nothing has answered yet. */
  readonly probedAt?: number | undefined;
  /** Failed token refreshes in a row. */
  readonly refreshTries: number;
}

/** The connection, whole. */
export type State =
  | (Common & { readonly status: "idle" })
  | Connecting
  | Live
  | (Common & {
      readonly status: "waiting";
      readonly retryAt: number;
      /** A wait of our own ends early when the page wakes up; one the server asked for does not. */
      readonly by: "backoff" | "server";
      readonly error: TocsinError;
    })
  | (Common & { readonly status: "stopped"; readonly error: TocsinError })
  | (Common & { readonly status: "closed" });

/** `deadline` ends an attempt, `retry` a wait, `beat` looks at the heartbeat, `refresh` renews the token. */
export type Timer = "deadline" | "retry" | "beat" | "refresh";

interface Tagged {
  readonly generation: number;
}

/** All that can happen to a connection. */
export type Input =
  /** Something needs a connection; no news to one that exists or was stopped. */
  | { readonly type: "need" }
  /** The user asks for one, after a stop too. */
  | { readonly type: "connect" }
  | { readonly type: "close" }
  /** The page is visible or online again. */
  | { readonly type: "wake" }
  /** There is a new token to fetch. */
  | { readonly type: "renew" }
  | { readonly type: "timer"; readonly timer: Timer }
  | (Tagged & { readonly type: "token"; readonly token: string })
  | (Tagged & { readonly type: "token-failed"; readonly error: TocsinError })
  | (Tagged & { readonly type: "opened" })
  /** The socket could not be made. */
  | (Tagged & { readonly type: "broken"; readonly error: TocsinError })
  | (Tagged & { readonly type: "lost"; readonly code: number; readonly reason: string })
  | (Tagged & {
      readonly type: "connected";
      readonly heartbeat: Heartbeat;
      readonly timestamp: number;
      readonly withinMs?: number | undefined;
    })
  /** The server says anew over how long its clients should spread. */
  | (Tagged & { readonly type: "spread"; readonly withinMs: number })
  | (Tagged & { readonly type: "authenticated"; readonly expiresAt?: number | undefined })
  /** The server answered `auth` with an error. */
  | (Tagged & {
      readonly type: "refused";
      readonly error: TocsinError;
      readonly retryAfterMs?: number | undefined;
    })
  /** The server says when to come back: `leave` after a goaway, else should it close. */
  | (Tagged & { readonly type: "hint"; readonly ms: number; readonly leave: boolean });

/** What the driver has to do, in this order. A timer lives as long as the status that set it. */
export type Effect =
  | { readonly do: "fetchToken" }
  | { readonly do: "dial" }
  | { readonly do: "auth"; readonly token: string }
  | { readonly do: "ping" }
  | { readonly do: "sleep"; readonly timer: Timer; readonly ms: number }
  /** Let go of the socket, if there is one; `polite` with a closing handshake, but without awaiting it. */
  | { readonly do: "abandon"; readonly polite: boolean }
  | { readonly do: "up" }
  /** Whoever used the connection has lost it; `final` when it does not come back by itself. */
  | { readonly do: "down"; readonly error: TocsinError; readonly final: boolean }
  | { readonly do: "report"; readonly error: TocsinError };

/** The next state, and what to do about it. */
export type Step = readonly [State, ...Effect[]];

/** Everything outside that a step may look at. */
export interface Surroundings {
  readonly now: number;
  /** A random number in [0, 1). */
  readonly roll: number;
  /** When the last frame of the current socket arrived, or the socket opened. */
  readonly heardAt: number;
  /** Where tokens come from: none needed, always the same, or a callback that can make new ones. */
  readonly token: "none" | "fixed" | "renewable";
  readonly backoff: BackoffPolicy;
  readonly maxAttempts: number;
  readonly connectTimeoutMs: number;
  /** Overrides the server's heartbeat. */
  readonly heartbeat?: Heartbeat | undefined;
}
