/** Whether a claim was won; if not, what the winner settled on, once it has. */
export type Claim =
  | { readonly won: true }
  | { readonly won: false; readonly value: string | undefined };

/** Remembers keys for a while, so that a repeated publish or alert takes effect once. */
export interface DedupStore extends AsyncDisposable {
  /** Claims `key` atomically: exactly one of any number of concurrent claims within `ttlMs` is won. */
  claim(key: string, ttlMs: number): Promise<Claim>;
  /** Records what the winner did, for losers to read. Keeps the expiry of the claim. */
  settle(key: string, value: string): Promise<void>;
  /** Gives a claim up, because what it was for failed: the next claim is won. */
  release(key: string): Promise<void>;
}
