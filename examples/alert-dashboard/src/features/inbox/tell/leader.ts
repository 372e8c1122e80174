/** The part of the Web Locks API that is used. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    held: () => Promise<void>,
  ): Promise<unknown>;
}

/** `alone`: this browser has no locks, so nobody knows about other tabs. */
export type Role = "leader" | "follower" | "alone";

/** Who of several tabs speaks. */
export interface Leadership {
  readonly role: Role;
  subscribe(listener: () => void): () => void;
  stop(): void;
}

/**
 * Asks for a lock and leads for as long as it is held. The browser gives it to the next tab when this one closes,
 * crashes or is discarded: nobody has to notice.
 */
export function createLeadership(locks: Locks | undefined, name: string): Leadership {
  const listeners = new Set<() => void>();
  const ended = new AbortController();
  let role: Role = locks ? "follower" : "alone";
  const become = (next: Role) => {
    role = next;
    for (const listener of listeners) listener();
  };

  locks
    ?.request(name, { signal: ended.signal }, () => {
      if (ended.signal.aborted) return Promise.resolve();
      become("leader");
      return new Promise((release) => {
        ended.signal.addEventListener("abort", () => release(), { once: true });
      });
    })
    .catch(() => {
      // Given up before it was had, which is what was asked for; or refused, and then nobody else speaks either.
      if (!ended.signal.aborted) become("alone");
    });

  return {
    get role() {
      return role;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => ended.abort(),
  };
}
