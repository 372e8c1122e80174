import { useTable } from "@tocsin/client/react";
import { market } from "@tocsin-example/alert-contract";
import { useEffect, useMemo, useState } from "react";
import { useSymbolOrder } from "../api/queries.js";
import type { PriceLines } from "../features/chart/price-lines.js";
import { inOrder } from "../features/prices/columns.js";
import type { PricesView } from "./views.js";

const board = market.board({ board: "all" });

/** The price table, live. Every price that is seen is also noted in `lines`, for the charts. */
export function usePrices(lines: PriceLines): PricesView {
  const { rows, status } = useTable(board);
  const [receivedAt, setReceivedAt] = useState<number>();
  const { data: order } = useSymbolOrder();
  const quotes = useMemo(() => inOrder([...rows.values()], order ?? []), [rows, order]);
  useEffect(() => {
    lines.record(quotes);
  }, [lines, quotes]);
  useEffect(() => {
    if (status === "live" && rows) setReceivedAt(Date.now());
  }, [status, rows]);
  return { quotes, receivedAt };
}
