import type { Candle, Quote } from "@tocsin-example/alert-contract";
import { AreaSeries, type ISeriesApi, type UTCTimestamp } from "lightweight-charts";
import { useCallback, useEffect, useState } from "react";
import styles from "./chart.module.css";
import { faint } from "./colors.js";
import type { PriceLines } from "./price-lines.js";
import { joinLine, type Point } from "./series.js";
import { useChart } from "./use-chart.js";
import { type Overlays, useOverlays } from "./use-overlays.js";

interface LineChartProps {
  readonly quote: Quote;
  /** Closing prices from before the page was opened. */
  readonly closes: readonly Candle[];
  readonly lines: PriceLines;
  readonly overlays: Overlays;
}

const toLine = ({ time, value }: Point) => ({ time: time as UTCTimestamp, value });

/** A line, for a symbol without bars that are worth the name: its closes, then the prices seen live. */
export function LineChart({ quote, closes, lines, overlays }: LineChartProps) {
  const { box, handle } = useChart();
  const [series, setSeries] = useState<ISeriesApi<"Area">>();
  const { chart, colors } = handle ?? {};
  const { symbol, at, price } = quote;

  useEffect(() => {
    if (!chart) return;
    const area = chart.addSeries(AreaSeries, { lineWidth: 2 });
    setSeries(area);
    return () => setSeries(undefined);
  }, [chart]);

  useEffect(() => {
    series?.setData(joinLine(closes, lines.of(symbol)).map(toLine));
    // Hours matter on a line of prices that came minutes apart, not on one of prices a month apart.
    chart?.timeScale().applyOptions({ timeVisible: closes.length === 0 });
  }, [chart, series, closes, lines, symbol]);

  useEffect(() => {
    if (!series || !colors) return;
    series.applyOptions({
      lineColor: colors.accent,
      topColor: faint(colors.accent, 0.22),
      bottomColor: faint(colors.accent, 0.02),
      priceLineColor: colors.muted,
    });
  }, [series, colors]);

  useEffect(() => {
    if (!series) return;
    const time = Math.floor(at / 1_000);
    const shown = series.data().at(-1)?.time;
    // The replay was started over: the recorded line is the new, short one.
    if (typeof shown === "number" && shown > time)
      series.setData(joinLine(closes, lines.of(symbol)).map(toLine));
    else series.update(toLine({ time, value: price }));
  }, [series, closes, lines, symbol, at, price]);

  const timeOf = useCallback((ms: number) => Math.floor(ms / 1_000), []);
  useOverlays(series, colors, overlays, timeOf);
  return (
    <div className={styles.stage}>
      <div ref={box} className={styles.canvas} aria-hidden />
    </div>
  );
}
