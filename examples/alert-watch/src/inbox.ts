import type { Alert } from "./alert.js";

/**
 * What a revision is to somebody who reads along: an alert they had not seen, the end of one, any other change, or
 * nothing they did not know.
 */
export type News = "alert" | "resolved" | "changed" | "known";

/** The newest alerts, each once, in its highest revision. */
export interface Inbox {
  /** Takes a revision and says what it is. */
  take(alert: Alert, replayed: boolean): News;
  /** In the order they were stored. */
  readonly alerts: readonly Alert[];
}

/** Keeps at most `size` alerts; the oldest make room. */
export function createInbox(size: number): Inbox {
  const byId = new Map<string, Alert>();
  let forgotten = 0;
  return {
    take(alert, replayed) {
      const before = byId.get(alert.id);
      if (before) {
        if (alert.revision <= before.revision) return "known";
        byId.set(alert.id, alert);
        return alert.state === "resolved" && before.state === "firing" ? "resolved" : "changed";
      }
      // An old alert, marked as read in another tab, is no news; one that was resolved while we were away is.
      if (alert.seq <= forgotten || (alert.revision > 1 && !replayed)) return "changed";
      byId.set(alert.id, alert);
      const [oldest] = byId.values();
      if (byId.size > size && oldest) {
        byId.delete(oldest.id);
        forgotten = Math.max(forgotten, oldest.seq);
      }
      return "alert";
    },
    get alerts() {
      return [...byId.values()].sort((a, b) => a.seq - b.seq);
    },
  };
}
