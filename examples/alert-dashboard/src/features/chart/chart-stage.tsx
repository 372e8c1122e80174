import type { Interval } from "@tocsin-example/alert-contract";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { type ChartBar, INTERVAL_MS, onlyCloses } from "./bars.js";
import styles from "./chart.module.css";
import { ChartOverlay, type OtherPointer } from "./chart-overlay.js";
import { Legend } from "./legend.js";
import type { Level } from "./levels.js";
import { useChart } from "./use-chart.js";
import { useLevelDrag } from "./use-level-drag.js";
import { useLevelLines } from "./use-level-lines.js";
import { type Marked, useMarkers } from "./use-markers.js";
import { usePointed } from "./use-pointed.js";
import { useSeries } from "./use-series.js";

interface ChartStageProps {
  readonly symbol: string;
  readonly interval: Interval;
  /** At least one. */
  readonly bars: readonly ChartBar[];
  readonly levels: readonly Level[];
  readonly marked: Marked;
  readonly pointers: readonly OtherPointer[];
  readonly onPoint: (time: number | null, price: number | null) => void;
  readonly onMoved: (level: Level, price: number) => void;
  readonly onOpen: (level: Level) => void;
  readonly onDrawn: (price: number) => void;
}

/** The canvas, what is drawn on it, and what can be touched over it. */
export function ChartStage(props: ChartStageProps) {
  const { symbol, interval, bars, levels, marked, pointers } = props;
  const { onPoint, onMoved, onOpen, onDrawn } = props;
  const { t } = useTranslation("chart");
  const formats = useFormats();
  const stage = useRef<HTMLDivElement>(null);
  const { box, handle } = useChart();
  const { chart, colors } = handle ?? {};
  const withTime = interval !== "1d";
  const newest = bars.at(-1);
  const digits = (newest?.close ?? 1) < 1 ? 4 : 2;
  const series = useSeries(handle, bars, onlyCloses(bars), digits);
  useLevelLines(series, colors, levels);
  const marks = useMarkers(series, colors, bars, marked, INTERVAL_MS[interval]);
  const drawing = useLevelDrag(stage, chart, series, onDrawn);

  useEffect(() => {
    chart?.timeScale().applyOptions({ timeVisible: withTime });
  }, [chart, withTime]);

  const pointed = usePointed(chart, (at) => {
    const price = at && series ? series.coordinateToPrice(at.y) : null;
    onPoint(at && price !== null ? at.time * 1_000 : null, price);
  });
  const shown = bars.find(({ time }) => time === pointed) ?? newest;

  return (
    <div ref={stage} className={styles.stage} data-marks={marks}>
      <p className={styles.hidden}>
        {t("summary", {
          symbol,
          interval: t(`intervals.${interval}`),
          price: formats.price(newest?.close ?? 0),
        })}
      </p>
      <div ref={box} className={styles.canvas} />
      {shown && <Legend bar={shown} withTime={withTime} />}
      {chart && series && (
        <ChartOverlay
          chart={chart}
          series={series}
          bars={bars}
          levels={levels}
          pointers={pointers}
          drawing={drawing}
          onMoved={onMoved}
          onOpen={onOpen}
        />
      )}
    </div>
  );
}
