import { useLatest } from "@tocsin/client/react";
import { type Candle, market } from "@tocsin-example/alert-contract";
import { useEffect, useMemo, useState } from "react";
import { appendBar } from "../features/chart/series.js";

/** The bars of a symbol seen since it is shown, the last of them still being built. */
export function useLiveBars(symbol: string): readonly Candle[] {
  const ref = useMemo(() => market.candle({ code: symbol }), [symbol]);
  const { value } = useLatest(ref);
  const [bars, setBars] = useState<readonly Candle[]>([]);
  useEffect(() => {
    if (value) setBars((seen) => appendBar(seen, value));
  }, [value]);
  return bars;
}
