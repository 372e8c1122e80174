import type { EventMeta, Listenable, Recovery, SubscriptionEvents } from "@tocsin/client";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import type { InboxView, RecoveryView } from "./views.js";

/** Most live alerts kept; older ones are in the stored history. */
const MAX_ALERTS = 500;

/** What an inbox tells apart from its state. */
export interface InboxEvents {
  /** `replayed` when it had been waiting while the connection was down. */
  onAlert(alert: AlertNotification, replayed: boolean): void;
  onRecovery(recovery: Recovery): void;
}

/** The live side of the alerts as a store: what came since the page was opened, and how complete it is. */
export interface Inbox {
  readonly view: InboxView;
  subscribe(listener: () => void): () => void;
  /** Stops listening to the subscription. */
  stop(): void;
}

export const EMPTY_INBOX: InboxView = { alerts: [], recovery: undefined };

export function createInbox(
  source: Listenable<SubscriptionEvents<AlertNotification>>,
  { onAlert, onRecovery }: InboxEvents,
): Inbox {
  const listeners = new Set<() => void>();
  let view = EMPTY_INBOX;
  const become = (next: InboxView) => {
    view = next;
    for (const listener of listeners) listener();
  };

  const stops = [
    source.on("event", (alert: AlertNotification, { replayed }: EventMeta) => {
      become({
        alerts: [...view.alerts.slice(1 - MAX_ALERTS), alert],
        recovery: replayed ? countReplayed(view.recovery) : view.recovery,
      });
      onAlert(alert, replayed);
    }),
    source.on("recovery", (recovery: Recovery) => {
      become({ ...view, recovery: toView(recovery) });
      onRecovery(recovery);
    }),
  ];

  return {
    get view() {
      return view;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function toView(recovery: Recovery): RecoveryView {
  switch (recovery.outcome) {
    case "gap":
      return { outcome: "gap", count: missedIn(recovery) };
    case "recovered":
      return { outcome: "recovered", count: 0 };
    default:
      return { outcome: recovery.outcome };
  }
}

/** The replayed events follow the message that announces them; they are counted as they come. */
function countReplayed(recovery: RecoveryView | undefined): RecoveryView | undefined {
  return recovery?.outcome === "recovered"
    ? { outcome: "recovered", count: recovery.count + 1 }
    : recovery;
}

/** How many events a gap holds. Offsets count from 1: a gap up to 0 is that of a channel nothing was said on yet. */
export function missedIn({ from, to }: { readonly from: number; readonly to: number }): number {
  return Math.max(0, to - Math.max(from, 1) + 1);
}
