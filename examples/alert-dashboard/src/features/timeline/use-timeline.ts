import { useQueryClient } from "@tanstack/react-query";
import type { Client, Recovery } from "@tocsin/client";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import type { market } from "@tocsin-example/alert-contract";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { queryKeys, useNotifications } from "../../api/queries.js";
import { missedIn } from "../../live/inbox.js";
import { useInbox } from "../../live/use-inbox.js";
import type { RecoveryView } from "../../live/views.js";
import { useRefresh } from "../../ui/use-refresh.js";
import { type Entry, type GapNote, mergeAlerts, withGaps } from "./merge.js";
import { createToaster } from "./toasts.js";

/** Repeats change alerts that were already stored; the history is asked again at most this often. */
const REFRESH_MS = 4_000;

/** Everything the timeline and its neighbours show of the inbox. */
export interface Timeline {
  /** Newest first, each once. */
  readonly alerts: readonly AlertNotification[];
  readonly entries: readonly Entry[];
  /** Alerts that arrived while the page was open. */
  readonly freshIds: ReadonlySet<string>;
  /** The newest live alert, to be read out. */
  readonly newest: AlertNotification | undefined;
  readonly recovery: RecoveryView | undefined;
  readonly history: ReturnType<typeof useNotifications>;
}

/** Joins the stored history and the live inbox. `suppressed` is the service's count of repeats. */
export function useTimeline(
  client: Client<typeof market>,
  userId: string,
  suppressed: number,
): Timeline {
  const cache = useQueryClient();
  const history = useNotifications();
  const [gaps, setGaps] = useState<readonly GapNote[]>([]);
  const [toaster] = useState(createToaster);
  const newestSeq = useRef(0);

  const reload = useCallback(
    () => void cache.invalidateQueries({ queryKey: queryKeys.notifications }),
    [cache],
  );
  const onAlert = useCallback(
    (alert: AlertNotification, replayed: boolean) => toaster.tell(alert, replayed),
    [toaster],
  );
  const onRecovery = useCallback(
    (recovery: Recovery) => {
      // Alerts stored between the page's first look at the history and its first subscribe came neither way.
      if (recovery.outcome === "fresh" || recovery.outcome === "gap") reload();
      if (recovery.outcome !== "gap") return;
      const missed = missedIn(recovery);
      const at = Date.now();
      const afterSeq = newestSeq.current;
      setGaps((known) => [...known, { id: `gap-${at}-${known.length}`, missed, afterSeq, at }]);
    },
    [reload],
  );
  const inbox = useInbox(client, userId, onAlert, onRecovery);
  useRefresh(suppressed, reload, REFRESH_MS);

  const alerts = useMemo(
    () => mergeAlerts(history.data?.pages.flatMap((page) => page.items) ?? [], inbox.alerts),
    [history.data, inbox.alerts],
  );
  useEffect(() => {
    newestSeq.current = alerts[0]?.seq ?? 0;
  }, [alerts]);
  const entries = useMemo(() => withGaps(alerts, gaps), [alerts, gaps]);
  const freshIds = useMemo(() => new Set(inbox.alerts.map((alert) => alert.id)), [inbox.alerts]);
  const newest = inbox.alerts.at(-1);
  const { recovery } = inbox;
  return useMemo(
    () => ({ alerts, entries, freshIds, newest, recovery, history }),
    [alerts, entries, freshIds, newest, recovery, history],
  );
}
