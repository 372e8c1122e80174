import { useQuery } from "@tanstack/react-query";
import { useTable } from "@tocsin/client/react";
import { type Interval, market } from "@tocsin-example/alert-contract";
import { useEffect, useMemo } from "react";
import { useApi } from "../../api/api-context.js";
import { type ChartBar, hasHole, joinBars } from "./bars.js";

/** Bars asked for at once: about two years of market days. */
const LISTED = 500;

/** The bars of a symbol, as far as they are known. */
export interface BarsView {
  readonly bars: readonly ChartBar[];
  readonly loading: boolean;
  readonly error: string | undefined;
  readonly retry: () => void;
}

/** The bars of a symbol: those of before from the list, the newest live. */
export function useBars(symbol: string | undefined, interval: Interval): BarsView {
  const api = useApi();
  const list = useQuery({
    queryKey: ["bars", symbol, interval],
    queryFn: ({ signal }) => api.candles(symbol ?? "", interval, LISTED, signal),
    enabled: symbol !== undefined,
  });
  const ref = useMemo(
    () => (symbol === undefined ? null : market.candles({ code: symbol, interval })),
    [symbol, interval],
  );
  const { rows, status, error } = useTable(ref);
  const { data, refetch, isFetching } = list;
  const bars = useMemo(() => joinBars(data ?? [], rows.values()), [data, rows]);

  // The market went on without us, or was set to another time: what lies between is asked for.
  const hole = data !== undefined && hasHole(data, rows.values());
  useEffect(() => {
    if (hole && !isFetching) void refetch();
  }, [hole, isFetching, refetch]);

  const failed = list.error?.message ?? (status === "error" ? error?.message : undefined);
  return {
    bars,
    loading: bars.length === 0 && (list.isPending || status === "connecting"),
    error: bars.length === 0 ? failed : undefined,
    retry: () => void refetch(),
  };
}
