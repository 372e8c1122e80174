import type { AlertNotification } from "@tocsin/protocol/alerts";

/** What a reader does to an alert. */
export type Action =
  | { readonly do: "read" | "unread" | "acknowledge" | "archive" | "unarchive" }
  | { readonly do: "snooze"; readonly forMs: number };

/** What the server will most likely answer; shown until it has. */
export function predict(alert: AlertNotification, action: Action, now: number): AlertNotification {
  switch (action.do) {
    case "read":
      return { ...alert, readAt: alert.readAt ?? now };
    case "unread":
      return { ...alert, readAt: null };
    case "acknowledge":
      return {
        ...alert,
        readAt: alert.readAt ?? now,
        acknowledgedAt: alert.acknowledgedAt ?? now,
      };
    case "archive":
      return { ...alert, archivedAt: alert.archivedAt ?? now };
    case "unarchive":
      return { ...alert, archivedAt: null };
    case "snooze":
      return { ...alert, snoozedUntil: action.forMs > 0 ? now + action.forMs : null };
    default:
      return action satisfies never;
  }
}
