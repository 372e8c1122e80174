import { notifications } from "@mantine/notifications";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { text } from "../../text.js";

const CLOSE_MS = 5_000;
/** More live alerts than this within {@link CLOSE_MS} share one toast: nobody reads a pile. */
const MOST = 2;

const COLOR_OF = {
  "entry-range": "blue",
  "take-profit": "teal",
  "stop-loss": "red",
} as const satisfies Record<AlertNotification["reason"], string>;

/** Shows alerts for a moment as they arrive. */
export interface Toaster {
  tell(alert: AlertNotification, replayed: boolean): void;
}

export function createToaster(now: () => number = Date.now): Toaster {
  let shownAt: number[] = [];
  let waited = new Set<string>();
  let more = 0;
  return {
    tell(alert, replayed) {
      if (replayed) {
        // They come in one go after a reconnect; each of them is in the timeline.
        if (waited.size === 0) setTimeout(() => (waited = new Set()), CLOSE_MS);
        waited.add(alert.id);
        upsert("recovered", text.timeline.arrivedAway(waited.size));
        return;
      }
      shownAt = shownAt.filter((at) => at > now() - CLOSE_MS);
      if (shownAt.length === 0) more = 0;
      if (shownAt.length >= MOST) {
        more += 1;
        upsert("more", text.timeline.more(more));
        return;
      }
      shownAt.push(now());
      notifications.show({
        id: alert.id,
        title: alert.title,
        message: alert.body,
        color: COLOR_OF[alert.reason],
        autoClose: CLOSE_MS,
        // A live region of the page reads alerts out; a second one would repeat each of them.
        role: "none",
      });
    },
  };
}

function upsert(id: string, message: string) {
  const toast = { id, message, color: "yellow", autoClose: CLOSE_MS, role: "none" };
  // Showing an id that is up does nothing, updating one that is gone neither: together they do both.
  notifications.show(toast);
  notifications.update(toast);
}
