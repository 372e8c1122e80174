import { useQueryClient } from "@tanstack/react-query";
import { useConnection } from "@tocsin/client/react";
import { useCallback, useEffect } from "react";
import { queryKeys } from "../api/queries.js";
import { useInboxView } from "../features/inbox/inbox-context.js";
import { useRefresh } from "../ui/use-refresh.js";

/** Where rules stand is asked again at most once in so long. */
const REFRESH_MS = 3_000;

/** Loads monitors again when alerts say that something changed, and after an interruption. */
export function useFreshMonitors(): void {
  const cache = useQueryClient();
  const { alerts } = useInboxView();
  const live = useConnection().status === "live";
  const refresh = useCallback(
    () => cache.invalidateQueries({ queryKey: queryKeys.monitors }),
    [cache],
  );
  useRefresh(alerts, refresh, REFRESH_MS);
  useEffect(() => {
    if (live) void refresh();
  }, [live, refresh]);
}
