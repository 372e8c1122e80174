import {
  AreaSeries,
  CandlestickSeries,
  HistogramSeries,
  type ISeriesApi,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef, useState } from "react";
import { type ChartBar, newBars } from "./bars.js";
import { faint } from "./colors.js";
import type { ChartHandle } from "./use-chart.js";

/** The series others draw on. */
export type PriceSeries = ISeriesApi<"Candlestick"> | ISeriesApi<"Area">;

interface Drawn {
  readonly prices: PriceSeries;
  readonly volume: ISeriesApi<"Histogram">;
}

const time = (bar: ChartBar) => bar.time as UTCTimestamp;
const candle = (bar: ChartBar) => ({
  time: time(bar),
  open: bar.open,
  high: bar.high,
  low: bar.low,
  close: bar.close,
});
const close = (bar: ChartBar) => ({ time: time(bar), value: bar.close });
const traded = (bar: ChartBar) => ({ time: time(bar), value: bar.volume });

/** Draws bars as candles, or as a line where they are but closing prices, with their volume below. */
export function useSeries(
  handle: ChartHandle | undefined,
  bars: readonly ChartBar[],
  asLine: boolean,
  digits: number,
): PriceSeries | undefined {
  const [drawn, setDrawn] = useState<Drawn>();
  const shown = useRef<readonly ChartBar[]>([]);
  const { chart, colors } = handle ?? {};

  useEffect(() => {
    if (!chart) return;
    const prices: PriceSeries = asLine
      ? chart.addSeries(AreaSeries, { lineWidth: 2 })
      : chart.addSeries(CandlestickSeries, { borderVisible: false });
    const volume = chart.addSeries(HistogramSeries, {
      priceFormat: { type: "volume" },
      priceScaleId: "",
      lastValueVisible: false,
      priceLineVisible: false,
    });
    volume.priceScale().applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
    prices.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.18 } });
    shown.current = [];
    setDrawn({ prices, volume });
    return () => {
      setDrawn(undefined);
      chart.removeSeries(prices);
      chart.removeSeries(volume);
    };
  }, [chart, asLine]);

  useEffect(() => {
    if (!drawn || !colors) return;
    const { up, down, muted, accent } = colors;
    const priceFormat = { type: "price", precision: digits, minMove: 10 ** -digits } as const;
    drawn.prices.applyOptions({
      priceFormat,
      priceLineColor: muted,
      ...(asLine
        ? { lineColor: accent, topColor: faint(accent, 0.22), bottomColor: faint(accent, 0.02) }
        : { upColor: up, downColor: down, wickUpColor: up, wickDownColor: down }),
    });
    drawn.volume.applyOptions({ color: faint(muted, 0.35) });
  }, [drawn, colors, asLine, digits]);

  useEffect(() => {
    if (!drawn) return;
    const { prices, volume } = drawn;
    const draw = (bar: ChartBar) => {
      if (prices.seriesType() === "Area") (prices as ISeriesApi<"Area">).update(close(bar));
      else (prices as ISeriesApi<"Candlestick">).update(candle(bar));
      volume.update(traded(bar));
    };
    const fresh = newBars(shown.current, bars);
    if (fresh) fresh.forEach(draw);
    else {
      if (prices.seriesType() === "Area") (prices as ISeriesApi<"Area">).setData(bars.map(close));
      else (prices as ISeriesApi<"Candlestick">).setData(bars.map(candle));
      volume.setData(bars.map(traded));
    }
    shown.current = bars;
  }, [drawn, bars]);

  return drawn?.prices;
}
