/** What a client does when nobody tells it otherwise; that it does is checked by the client's own tests. */
export const DEFAULT_BACKOFF = { baseMs: 500, maxMs: 20_000 };
