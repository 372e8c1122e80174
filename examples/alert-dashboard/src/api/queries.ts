import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { MonitorChange, NewMonitorInput } from "@tocsin/protocol/alerts";
import type { MonitorView, StrategyView } from "@tocsin-example/alert-contract/rest";
import { useApi } from "./api-context.js";

/** Names of what was loaded, for whoever has to load it again. */
export const queryKeys = {
  quotes: (board: string) => ["quotes", board] as const,
  monitors: ["monitors"] as const,
  strategies: ["strategies"] as const,
  fired: (symbol: string) => ["fired", symbol] as const,
  preview: (asked: unknown) => ["preview", asked] as const,
};

/** The order of a board, which the live table itself does not have. */
export function useBoardOrder(board: string) {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.quotes(board),
    queryFn: async ({ signal }) => (await api.quotes(board, signal)).map(({ symbol }) => symbol),
    staleTime: Number.POSITIVE_INFINITY,
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

export function useStrategies() {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.strategies,
    queryFn: ({ signal }) => api.strategies(signal),
  });
}

/** Creates, changes and deletes monitors; the list shows the server's answer at once, without asking again. */
export function useMonitorMutations() {
  const api = useApi();
  const cache = useQueryClient();
  const update = (next: (list: MonitorView[]) => MonitorView[]) => {
    cache.setQueryData<MonitorView[]>(queryKeys.monitors, (list) => list && next(list));
    // Which symbols a strategy watches follows from its monitors.
    void cache.invalidateQueries({ queryKey: queryKeys.strategies });
  };
  const replace = (changed: MonitorView) =>
    update((list) => list.map((each) => (each.id === changed.id ? changed : each)));
  return {
    create: useMutation({
      mutationFn: (input: NewMonitorInput) => api.createMonitor(input),
      onSuccess: (made) => update((list) => [...list.filter(({ id }) => id !== made.id), made]),
    }),
    change: useMutation({
      mutationFn: ({ id, change }: { id: string; change: MonitorChange }) =>
        api.changeMonitor(id, change),
      onSuccess: replace,
    }),
    snooze: useMutation({
      mutationFn: ({ id, ruleId, forMs }: { id: string; ruleId?: string; forMs: number }) =>
        api.snoozeMonitor(id, ruleId, forMs),
      onSuccess: replace,
    }),
    remove: useMutation({
      mutationFn: (id: string) => api.deleteMonitor(id),
      onSuccess: (_, gone) => update((list) => list.filter(({ id }) => id !== gone)),
    }),
  };
}

/** Creates, renames and deletes strategies. */
export function useStrategyMutations() {
  const api = useApi();
  const cache = useQueryClient();
  const update = (next: (list: StrategyView[]) => StrategyView[]) =>
    cache.setQueryData<StrategyView[]>(queryKeys.strategies, (list) => list && next(list));
  return {
    create: useMutation({
      mutationFn: (name: string) => api.createStrategy({ name, note: "" }),
      onSuccess: (made) => update((list) => [...list, made]),
    }),
    remove: useMutation({
      mutationFn: (id: string) => api.deleteStrategy(id),
      onSuccess: async (_, gone) => {
        update((list) => list.filter(({ id }) => id !== gone));
        await cache.invalidateQueries({ queryKey: queryKeys.monitors });
      },
    }),
  };
}
