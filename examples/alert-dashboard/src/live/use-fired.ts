import { useQuery } from "@tanstack/react-query";
import { useLog } from "@tocsin/client/react";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { market } from "@tocsin-example/alert-contract";
import { useMemo } from "react";
import { useApi } from "../api/api-context.js";
import { queryKeys } from "../api/queries.js";

/** Most alerts marked on a chart. */
const MARKED = 200;

/** The alerts of one symbol, oldest first: the stored ones, and those that come in while one looks. */
export function useFired(userId: string, symbol: string | undefined): readonly AlertNotification[] {
  const api = useApi();
  const ref = useMemo(() => market.alerts({ userId }), [userId]);
  const { events } = useLog(ref, { limit: MARKED });
  const { data } = useQuery({
    queryKey: queryKeys.fired(symbol ?? ""),
    queryFn: ({ signal }) => api.notifications({ symbol: symbol ?? "", limit: MARKED }, signal),
    enabled: symbol !== undefined,
  });
  return useMemo(
    () =>
      newestRevisions([...(data?.items ?? []), ...events.map((event) => event.data)])
        .filter((alert) => alert.symbol === symbol)
        .sort((a, b) => a.firedAt - b.firedAt),
    [data, events, symbol],
  );
}

/** Of each alert its highest revision. */
function newestRevisions(alerts: readonly AlertNotification[]): AlertNotification[] {
  const newest = new Map<string, AlertNotification>();
  for (const alert of alerts) {
    const known = newest.get(alert.id);
    if (!known || known.revision < alert.revision) newest.set(alert.id, alert);
  }
  return [...newest.values()];
}
