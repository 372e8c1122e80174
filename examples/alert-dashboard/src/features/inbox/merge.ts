import type { AlertNotification } from "@tocsin/protocol/alerts";
import { type InboxFilter, matches } from "./filter.js";

/** What a list is made of. */
export interface MergeParts {
  /** What the server listed, page after page. */
  readonly listed: readonly AlertNotification[];
  /** Whether the server has older ones than these. */
  readonly hasOlder: boolean;
  /** What came over the socket, or as the answer to an action. */
  readonly live: Iterable<AlertNotification>;
  /** What an alert looks like right now, with what the reader just did to it. */
  readonly shown: (alert: AlertNotification) => AlertNotification;
  readonly filter: InboxFilter;
  /** Stays although the filter no longer wants it: the one whose details are open. */
  readonly keep?: string | undefined;
}

/** The copy that counts of two copies of one alert. */
export function newer(a: AlertNotification, b: AlertNotification): AlertNotification {
  return b.revision > a.revision ? b : a;
}

/**
 * One list from pages and socket, newest first, each alert once and in its highest revision. What is older than the
 * oldest listed one waits for its page, as the list would have holes otherwise.
 */
export function mergeInbox(parts: MergeParts): AlertNotification[] {
  const { listed, hasOlder, live, shown, filter, keep } = parts;
  const byId = new Map<string, AlertNotification>();
  const add = (alert: AlertNotification) => {
    const known = byId.get(alert.id);
    byId.set(alert.id, known ? newer(known, alert) : alert);
  };
  for (const alert of listed) add(alert);
  const oldest = hasOlder ? (listed.at(-1)?.seq ?? Number.POSITIVE_INFINITY) : 0;
  for (const alert of live) if (alert.seq >= oldest) add(alert);
  return [...byId.values()]
    .map(shown)
    .filter((alert) => alert.id === keep || matches(alert, filter))
    .sort((a, b) => b.seq - a.seq);
}
