import { type ChannelStatus, useTable } from "@tocsin/client/react";
import { market, type Quote } from "@tocsin-example/alert-contract";
import { useMemo } from "react";
import { useBoardOrder } from "../../api/queries.js";
import { inOrder } from "./rows.js";

/** The prices of a board, live, in the order of the server. */
export interface QuotesView {
  readonly quotes: readonly Quote[];
  readonly status: ChannelStatus;
  readonly error: string | undefined;
}

const NO_ORDER: readonly string[] = [];

export function useQuotes(board: string): QuotesView {
  const ref = useMemo(() => market.board({ board }), [board]);
  const { rows, status, error } = useTable(ref);
  const { data: order = NO_ORDER } = useBoardOrder(board);
  const quotes = useMemo(() => inOrder(rows.values(), order), [rows, order]);
  return { quotes, status, error: error?.message };
}
