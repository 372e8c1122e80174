import { createHash } from "node:crypto";
import type { DedupStore } from "@tocsin/server-kit";
import { type Answered, type Operation, Refusal } from "./operation.js";

/** What makes a request the same request. */
export interface SameRequest {
  readonly userId: string;
  readonly operation: Operation;
  readonly key: string;
  readonly body: unknown;
}

/** Does a request once under its key, and gives its answer again to whoever repeats it. */
export interface Idempotency {
  /**
   * @throws {@link Refusal} 422 when the key was used for another body, 409 while the first is still under way.
   */
  once(request: SameRequest, run: () => Promise<Answered>): Promise<Answered>;
}

/** How long a key is remembered, milliseconds: a day. */
const REMEMBERED_MS = 86_400_000;

/**
 * Remembers answers in a {@link DedupStore}, each user's keys for themselves. A request that failed gives its key
 * back: trying again is what keys are for.
 */
export function createIdempotency(store: DedupStore): Idempotency {
  return {
    async once({ userId, operation, key, body }, run) {
      if (!/^[\x21-\x7e]{1,128}$/.test(key)) {
        throw new Refusal(
          400,
          "invalid-request",
          "must be 1 to 128 visible ASCII characters",
          "Idempotency-Key",
        );
      }
      const name = JSON.stringify(["rest", userId, operation.method, operation.path, key]);
      const print = createHash("sha256")
        .update(JSON.stringify(body ?? null))
        .digest("base64url");
      const claim = await store.claim(name, REMEMBERED_MS);
      if (!claim.won) return repeated(claim.value, print);
      try {
        const answered = await run();
        await store.settle(name, JSON.stringify({ print, answered }), claim.token);
        return answered;
      } catch (error) {
        await store.release(name, claim.token);
        throw error;
      }
    },
  };
}

function repeated(value: string | undefined, print: string): Answered {
  if (value === undefined) {
    throw new Refusal(
      409,
      "in-progress",
      "the first request with this key is still under way; ask again",
      "Idempotency-Key",
      { "retry-after": "1" },
    );
  }
  const first = JSON.parse(value) as { readonly print: string; readonly answered: Answered };
  if (first.print !== print) {
    throw new Refusal(
      422,
      "key-reused",
      "was used for another request; take a new one for each",
      "Idempotency-Key",
    );
  }
  return {
    ...first.answered,
    headers: { ...first.answered.headers, "idempotency-replayed": "true" },
  };
}
