/**
 * Whether a claim was won. If so, the token that its owner shows when settling or releasing it, another for each
 * claim; if not, what the winner settled on, once it has.
 */
export type Claim =
  | { readonly won: true; readonly token: string }
  | { readonly won: false; readonly value: string | undefined };

/**
 * Remembers keys for a while, so that a repeated publish or alert takes effect once. A claim ends by itself, and
 * another may hold the key by the time its first owner is done: so a token of a claim that is over does nothing.
 */
export interface DedupStore extends AsyncDisposable {
  /** Claims `key` atomically: exactly one of any number of concurrent claims within `ttlMs` is won. */
  claim(key: string, ttlMs: number): Promise<Claim>;
  /** Records what the winner did, for losers to read. Keeps the expiry of the claim. */
  settle(key: string, value: string, token: string): Promise<void>;
  /** Gives a claim up, because what it was for failed: the next claim is won. */
  release(key: string, token: string): Promise<void>;
}
