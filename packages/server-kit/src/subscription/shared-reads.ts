import type { Clock } from "../clock.js";
import type { HistoryPage, HistoryQuery, HistoryStore } from "../store/history-store.js";

/**
 * Reads of a history for those who join, shared by all that come to the same position: a thousand clients cut
 * at once cost one read. Safe for joins only. A join is as if it had been made when the page was read, and events
 * from then on reach the subscription as they are delivered; a page is let go of as soon as one is.
 */
export interface SharedReads extends Pick<HistoryStore, "read"> {
  /** An event of the channel is delivered on this node, or none will be any more: later joins read anew. */
  changed(channel: string): void;
}

/** A page is shared for so long after it was asked for, which is about as long as ten thousand take to come back. */
const SHARED_MS = 10_000;
/** Most pages that are shared at a time. One more is read for its reader alone. */
const MAX_PAGES = 1_000;

interface Shared {
  readonly page: Promise<HistoryPage>;
  readonly readAt: number;
}

/** Shares the reads of `history`. */
export function createSharedReads(history: Pick<HistoryStore, "read">, clock: Clock): SharedReads {
  const channels = new Map<string, Map<string, Shared>>();
  let pages = 0;
  let timed = false;

  function changed(channel: string): void {
    pages -= channels.get(channel)?.size ?? 0;
    channels.delete(channel);
  }

  function forget(channel: string, key: string, shared: Shared): void {
    const known = channels.get(channel);
    if (known?.get(key) !== shared) return;
    known.delete(key);
    pages -= 1;
    if (known.size === 0) channels.delete(channel);
  }

  /** One timer for all: pages hold memory, so they go also when nobody comes any more. */
  function sweepLater(): void {
    if (timed) return;
    timed = true;
    clock.after(SHARED_MS, () => {
      timed = false;
      const oldest = clock.now() - SHARED_MS;
      for (const [channel, known] of channels) {
        for (const [key, shared] of known)
          if (shared.readAt <= oldest) forget(channel, key, shared);
      }
      if (pages > 0) sweepLater();
    });
  }

  function share(channel: string, key: string, page: Promise<HistoryPage>): void {
    const shared = { page, readAt: clock.now() };
    const known = channels.get(channel) ?? new Map<string, Shared>();
    known.set(key, shared);
    channels.set(channel, known);
    pages += 1;
    sweepLater();
    page.catch(() => forget(channel, key, shared)); // whoever comes next tries again
  }

  return {
    read(channel, query = {}) {
      const key = keyOf(query);
      const shared = channels.get(channel)?.get(key);
      if (shared && clock.now() - shared.readAt < SHARED_MS) return shared.page;
      if (shared) forget(channel, key, shared);
      const page = history.read(channel, query);
      if (pages < MAX_PAGES) share(channel, key, page);
      return page;
    },
    changed,
  };
}

function keyOf({ after, limit, newest }: HistoryQuery): string {
  return `${after} ${limit} ${newest}`;
}
