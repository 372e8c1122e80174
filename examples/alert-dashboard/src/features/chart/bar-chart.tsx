import type { Candle } from "@tocsin-example/alert-contract";
import {
  CandlestickSeries,
  HistogramSeries,
  type ISeriesApi,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useState } from "react";
import styles from "./chart.module.css";
import { faint } from "./colors.js";
import { Legend } from "./legend.js";
import { mergeBars } from "./series.js";
import { useChart } from "./use-chart.js";
import { useLegend } from "./use-legend.js";
import { type Overlays, useOverlays } from "./use-overlays.js";

interface BarChartProps {
  readonly finished: readonly Candle[];
  /** Bars seen live, the last of them still being built. */
  readonly live: readonly Candle[];
  readonly overlays: Overlays;
}

interface Drawn {
  readonly bars: ISeriesApi<"Candlestick">;
  readonly volume: ISeriesApi<"Histogram">;
}

const DAY_S = 86_400;
const dayOf = (ms: number) => Math.floor(ms / 1_000 / DAY_S) * DAY_S;

/** Daily bars with their volume. */
export function BarChart({ finished, live, overlays }: BarChartProps) {
  const { box, handle } = useChart();
  const [drawn, setDrawn] = useState<Drawn>();
  const { chart, colors } = handle ?? {};

  useEffect(() => {
    if (!chart) return;
    const bars = chart.addSeries(CandlestickSeries, { borderVisible: false });
    const volume = chart.addSeries(HistogramSeries, {
      priceFormat: { type: "volume" },
      priceScaleId: "",
      lastValueVisible: false,
      priceLineVisible: false,
    });
    volume.priceScale().applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
    bars.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.18 } });
    setDrawn({ bars, volume });
    return () => setDrawn(undefined);
  }, [chart]);

  useEffect(() => {
    if (!drawn || !colors) return;
    const { up, down, muted } = colors;
    drawn.bars.applyOptions({
      upColor: up,
      downColor: down,
      wickUpColor: up,
      wickDownColor: down,
      priceLineColor: muted,
    });
    drawn.volume.applyOptions({ color: faint(muted, 0.35) });
  }, [drawn, colors]);

  // Everything anew when the server's list changes; between lists only the newest bar moves.
  // biome-ignore lint/correctness/useExhaustiveDependencies: live bars are added by the effect below
  useEffect(() => {
    if (!drawn) return;
    const bars = mergeBars(finished, live);
    drawn.bars.setData(bars.map(toBar));
    drawn.volume.setData(bars.map(toVolume));
  }, [drawn, finished]);

  useEffect(() => {
    const newest = live.at(-1);
    const shown = drawn?.bars.data().at(-1)?.time;
    if (!drawn || !newest || (typeof shown === "number" && shown > newest.time)) return;
    drawn.bars.update(toBar(newest));
    drawn.volume.update(toVolume(newest));
  }, [drawn, live]);

  useOverlays(drawn?.bars, colors, overlays, dayOf);
  const pointed = useLegend(chart, drawn?.bars);
  const shown = pointed ?? live.at(-1) ?? finished.at(-1);
  return (
    <div className={styles.stage}>
      <div ref={box} className={styles.canvas} aria-hidden />
      {shown && <Legend bar={shown} />}
    </div>
  );
}

const toBar = ({ time, open, high, low, close }: Candle) => ({
  time: time as UTCTimestamp,
  open,
  high,
  low,
  close,
});
const toVolume = ({ time, volume }: Candle) => ({ time: time as UTCTimestamp, value: volume });
