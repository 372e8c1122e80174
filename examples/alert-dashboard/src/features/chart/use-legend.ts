import type { IChartApi, ISeriesApi, MouseEventParams } from "lightweight-charts";
import { useEffect, useState } from "react";
import type { LegendBar } from "./legend.js";

/** The bar under the pointer; `undefined` while there is none. */
export function useLegend(
  chart: IChartApi | undefined,
  series: ISeriesApi<"Candlestick"> | undefined,
): LegendBar | undefined {
  const [bar, setBar] = useState<LegendBar>();
  useEffect(() => {
    if (!chart || !series) return;
    const onMove = ({ seriesData }: MouseEventParams) => {
      const data = seriesData.get(series);
      setBar(
        data && "open" in data && typeof data.time === "number"
          ? { time: data.time, open: data.open, high: data.high, low: data.low, close: data.close }
          : undefined,
      );
    };
    chart.subscribeCrosshairMove(onMove);
    return () => {
      chart.unsubscribeCrosshairMove(onMove);
      setBar(undefined);
    };
  }, [chart, series]);
  return bar;
}
