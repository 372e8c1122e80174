/** The server's terms, from its `connected` message. */
export interface Heartbeat {
  /** A side that heard nothing for this long asks, in milliseconds. */
  readonly intervalMs: number;
  /** How long it waits for any answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** What to do now, and after how long to look again. */
export type Beat =
  | { readonly next: "wait" | "ping"; readonly ms: number }
  | { readonly next: "dead" };

/**
 * Any frame is a sign of life. Death needs an unanswered ping: a page that was frozen wakes up with an old
 * `heardAt` and frames still waiting to be read, and must not take that for silence.
 */
export function beat(
  now: number,
  heardAt: number,
  probedAt: number | undefined,
  { intervalMs, timeoutMs }: Heartbeat,
): Beat {
  if (probedAt !== undefined && heardAt < probedAt) return { next: "dead" };
  const silentMs = now - heardAt;
  return silentMs < intervalMs
    ? { next: "wait", ms: intervalMs - silentMs }
    : { next: "ping", ms: timeoutMs };
}
