import type { AlertNotification } from "@tocsin/protocol/alerts";
import { isUnread } from "./filter.js";

/** After changes have come, the server is asked once in so many milliseconds. */
const RECOUNT_MS = 1_500;

/** What a counter does to the number. */
export interface UnreadParts {
  readonly add: (difference: number) => void;
  readonly recount: () => void;
  readonly after?: (run: () => void, ms: number) => unknown;
}

/** Keeps the number of unread alerts close to the truth between two answers of the server. */
export interface UnreadCounter {
  changed(before: AlertNotification | undefined, after: AlertNotification): void;
  stop(): void;
}

/**
 * Counts at once what is known to have changed, and lets the server count again a little later: of an alert this
 * page has never seen, nobody here can say whether it was counted.
 */
export function createUnreadCounter({
  add,
  recount,
  after = setTimeout,
}: UnreadParts): UnreadCounter {
  let scheduled = false;
  let stopped = false;
  return {
    changed(before, now) {
      const was = before ? isUnread(before) : false;
      const known = before !== undefined || now.revision === 1;
      const difference = Number(isUnread(now)) - Number(was);
      if (known && difference === 0) return;
      if (known) add(difference);
      if (scheduled) return;
      scheduled = true;
      after(() => {
        scheduled = false;
        if (!stopped) recount();
      }, RECOUNT_MS);
    },
    stop() {
      stopped = true;
    },
  };
}
