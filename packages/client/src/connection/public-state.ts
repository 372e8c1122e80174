import type { TocsinError } from "@tocsin/protocol";
import type { State } from "./state.js";

/** The connection as users see it. A new object whenever it changes, the same one as long as it does not. */
export type ConnectionState = {
  /** Attempts that failed since the last stable connection. */
  readonly attempt: number;
} & (
  | { readonly status: "idle" | "connecting" | "live" | "closed" }
  | {
      readonly status: "waiting";
      /** When the next attempt starts, milliseconds since 1970 on this machine's clock. */
      readonly retryAt: number;
      /** Why the last one ended. */
      readonly error: TocsinError;
    }
  | {
      /** The client gave up: a fatal close code or too many attempts. `connect()` or `setToken()` revive it. */
      readonly status: "stopped";
      readonly error: TocsinError;
    }
);

/** Leaves out what nobody should see, such as the token. */
export function publicState(state: State): ConnectionState {
  const { attempt } = state;
  switch (state.status) {
    case "waiting":
      return { status: "waiting", attempt, retryAt: state.retryAt, error: state.error };
    case "stopped":
      return { status: "stopped", attempt, error: state.error };
    default:
      return { status: state.status, attempt };
  }
}
