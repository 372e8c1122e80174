import { ApiError, requestJson } from "./http.js";
import { type Session, session } from "./schemas.js";

/** A token this close to its end is not used for another request. */
const MARGIN_MS = 10_000;

/** Signs in and keeps the token for as long as it lasts. */
export interface SessionKeeper {
  /** The current session; signs in when there is none or it is about to end. */
  current(): Promise<Session>;
  /** A new session, for a connection that is being made; several at once share one sign-in. */
  renew(): Promise<Session>;
  /** Runs `work` with a token, and once more with a new one if the server no longer knows the first. */
  withToken<Result>(work: (token: string) => Promise<Result>): Promise<Result>;
}

/** @param signIn how a session is made; the clock is an argument for the tests. */
export function createSessionKeeper(
  signIn: () => Promise<Session>,
  now: () => number = Date.now,
): SessionKeeper {
  let known: Session | undefined;
  let pending: Promise<Session> | undefined;

  const renew = () => {
    pending ??= signIn()
      .then((fresh) => {
        known = fresh;
        return fresh;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  const current = async () =>
    known && known.expiresAt - MARGIN_MS > now() ? known : await renew();

  return {
    current,
    renew,
    async withToken(work) {
      const { token } = await current();
      try {
        return await work(token);
      } catch (error) {
        // A server that was restarted with another secret does not know tokens it issued before.
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
        return await work((await renew()).token);
      }
    },
  };
}

/** The demo sign-in: `?user=name` in the address asks for another inbox than the default one. */
export function signInAs(user: string | undefined): () => Promise<Session> {
  return () => requestJson("/api/session", session, { method: "POST", body: user ? { user } : {} });
}
