import type { Client, Recovery } from "@tocsin/client";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { market } from "@tocsin-example/alert-contract";
import { useEffect, useState, useSyncExternalStore } from "react";
import { createInbox, EMPTY_INBOX, type Inbox } from "./inbox.js";
import type { InboxView } from "./views.js";

const nothing = () => () => {};
const empty = () => EMPTY_INBOX;

/**
 * The live alerts of a user. Written on the client rather than on `useLog`: the timeline has to act on single
 * alerts and on recoveries, not only to show them. Both callbacks must be stable.
 */
export function useInbox(
  client: Client<typeof market>,
  userId: string,
  onAlert: (alert: AlertNotification, replayed: boolean) => void,
  onRecovery: (recovery: Recovery) => void,
): InboxView {
  const [inbox, setInbox] = useState<Inbox>();
  useEffect(() => {
    const subscription = client.subscribe(market.alerts({ userId }));
    const started = createInbox(subscription, { onAlert, onRecovery });
    setInbox(started);
    return () => {
      started.stop();
      subscription.unsubscribe();
    };
  }, [client, userId, onAlert, onRecovery]);
  return useSyncExternalStore(inbox?.subscribe ?? nothing, inbox ? () => inbox.view : empty, empty);
}
