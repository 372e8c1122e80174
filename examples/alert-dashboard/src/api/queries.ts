import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Monitor, MonitorChange, NewMonitorInput } from "@tocsin/protocol/alerts";
import type { Candle } from "@tocsin-example/alert-contract";
import { useCallback } from "react";
import { extendBars } from "../features/chart/series.js";
import { useApi } from "./api-context.js";

/** Bars asked for at once: about two years of market days. */
const BARS = 500;
const NEWEST_BARS = 30;

export const queryKeys = {
  symbols: ["symbols"] as const,
  candles: (symbol: string) => ["candles", symbol] as const,
  monitors: ["monitors"] as const,
  notifications: ["notifications"] as const,
};

/** The order of the price table, which the live table itself does not have. */
export function useSymbolOrder() {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.symbols,
    queryFn: ({ signal }) => api.symbols(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useCandles(symbol: string | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.candles(symbol ?? ""),
    queryFn: ({ signal }) => api.candles(symbol ?? "", BARS, signal),
    enabled: symbol !== undefined,
  });
}

/** Brings the list of bars up to date by its newest ones, which is most of the time all that changed. */
export function useExtendCandles(symbol: string) {
  const api = useApi();
  const cache = useQueryClient();
  return useCallback(async () => {
    const queryKey = queryKeys.candles(symbol);
    try {
      const newest = await api.candles(symbol, NEWEST_BARS);
      const known = cache.getQueryData<Candle[]>(queryKey) ?? [];
      const extended = extendBars(known, newest);
      if (extended) cache.setQueryData<Candle[]>(queryKey, extended);
      else await cache.invalidateQueries({ queryKey });
    } catch {
      // The next bar asks again; until then the chart shows what it saw live.
    }
  }, [api, cache, symbol]);
}

export function useMonitors() {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.monitors,
    queryFn: ({ signal }) => api.monitors(signal),
    placeholderData: keepPreviousData,
  });
}

export function useNotifications() {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: queryKeys.notifications,
    queryFn: ({ pageParam, signal }) => api.notifications(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** Creates, changes and deletes monitors; the list shows the server's answer at once, without asking again. */
export function useMonitorMutations() {
  const api = useApi();
  const cache = useQueryClient();
  const put = (update: (list: Monitor[]) => Monitor[]) =>
    cache.setQueryData<Monitor[]>(queryKeys.monitors, (list) => list && update(list));
  return {
    create: useMutation({
      mutationFn: (input: NewMonitorInput) => api.createMonitor(input),
      onSuccess: (created) =>
        put((list) => [...list.filter(({ id }) => id !== created.id), created]),
    }),
    change: useMutation({
      mutationFn: ({ id, change }: { id: string; change: MonitorChange }) =>
        api.changeMonitor(id, change),
      onSuccess: (changed) =>
        put((list) => list.map((each) => (each.id === changed.id ? changed : each))),
    }),
    remove: useMutation({
      mutationFn: (id: string) => api.deleteMonitor(id),
      onSuccess: (_, gone) => put((list) => list.filter(({ id }) => id !== gone)),
    }),
  };
}
