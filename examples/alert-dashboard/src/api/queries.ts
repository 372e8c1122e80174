import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Monitor, MonitorChange, NewMonitorInput } from "@tocsin/protocol/alerts";
import { useApi } from "./api-context.js";

/** Bars asked for at once: about two years of market days. */
const BARS = 500;

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
