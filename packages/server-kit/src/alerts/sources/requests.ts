import type { Clock } from "../../clock.js";
import { FeedError } from "./feed-error.js";

/** What became of a request to a venue. */
export type Outcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: FeedError };

/** Requests on their way, by the number their answers carry. */
export interface Requests {
  /** Reserves a number; `settle` is called once, at the latest after the timeout. */
  open(settle: (outcome: Outcome) => void): number;
  /** Brings an answer home; `false` when nobody waits for it. */
  settle(id: number, outcome: Outcome): boolean;
  /** The connection is gone, and the answers with it. */
  fail(): void;
}

/** Keeps account of requests to `venue`. */
export function createRequests(venue: string, clock: Clock, timeoutMs: number): Requests {
  const waiting = new Map<number, { settle(outcome: Outcome): void; cancel(): void }>();
  let lastId = 0;

  function settle(id: number, outcome: Outcome): boolean {
    const request = waiting.get(id);
    waiting.delete(id);
    request?.cancel();
    request?.settle(outcome);
    return request !== undefined;
  }

  const failed = (message: string): Outcome => ({
    ok: false,
    error: new FeedError(venue, message, true),
  });

  return {
    open(done) {
      lastId += 1;
      const id = lastId;
      const cancel = clock.after(timeoutMs, () => {
        settle(id, failed(`no answer within ${timeoutMs} ms`));
      });
      waiting.set(id, { settle: done, cancel });
      return id;
    },
    settle,
    fail() {
      for (const id of [...waiting.keys()]) settle(id, failed("the connection was lost"));
    },
  };
}
