import type { IChartApi, UTCTimestamp } from "lightweight-charts";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { barTimeAt, type ChartBar } from "./bars.js";
import styles from "./chart.module.css";
import { LevelHandle } from "./level-handle.js";
import type { Level } from "./levels.js";
import { useRedraw } from "./use-redraw.js";
import type { PriceSeries } from "./use-series.js";

/** Where somebody else points. */
export interface OtherPointer {
  readonly clientId: string;
  readonly userId: string;
  /** Market time, milliseconds. */
  readonly time: number;
  readonly price: number;
  readonly color: string;
}

interface ChartOverlayProps {
  readonly chart: IChartApi;
  readonly series: PriceSeries;
  readonly bars: readonly ChartBar[];
  readonly levels: readonly Level[];
  readonly pointers: readonly OtherPointer[];
  /** The price of a level that is being drawn. */
  readonly drawing: number | undefined;
  readonly onMoved: (level: Level, price: number) => void;
  readonly onOpen: (level: Level) => void;
}

/** What lies over the canvas and can be touched: levels; and what can be seen there: where others point. */
export function ChartOverlay(props: ChartOverlayProps) {
  const { chart, series, bars, levels, pointers, drawing, onMoved, onOpen } = props;
  const { t } = useTranslation("chart");
  const formats = useFormats();
  const box = useRef<HTMLDivElement>(null);
  const [, setMoving] = useState<number>();

  // Positions are written to the page directly: they change with every frame, and React has nothing to add.
  useRedraw(series, () => box.current && placeAll(box.current, chart, series));

  const priceAt = (clientY: number) => {
    const top = box.current?.getBoundingClientRect().top ?? 0;
    const price = series.coordinateToPrice(clientY - top);
    return price === null || price <= 0 ? undefined : price;
  };

  return (
    <section ref={box} className={styles.overlay} aria-label={t("levels")}>
      {levels.map((level) => (
        <LevelHandle
          key={level.key}
          level={level}
          priceAt={priceAt}
          onMoving={(_, price) => setMoving(price)}
          onMoved={onMoved}
          onOpen={onOpen}
        />
      ))}
      {drawing !== undefined && (
        <div className={styles.handle} data-price={drawing} data-draft data-moving aria-hidden>
          <span className={styles.grip}>
            {t("addLevel")} <b>{formats.price(drawing)}</b>
          </span>
        </div>
      )}
      {pointers.map(({ clientId, userId, time, price, color }) => (
        <div
          key={clientId}
          className={styles.pointer}
          data-price={price}
          data-time={barTimeAt(bars, time)}
          style={{ color }}
          aria-hidden
        >
          <span>{userId}</span>
        </div>
      ))}
    </section>
  );
}

/** Half the height of a handle, and how close two may come before one steps aside, pixels. */
const HALF = 11;
const CLOSE = 19;

/** Puts everything that has a price where that price is; what lies outside stays at the edge, to be reached. */
function placeAll(box: HTMLElement, chart: IChartApi, series: PriceSeries) {
  const bottom = box.clientHeight - chart.timeScale().height() - HALF;
  box.style.setProperty("--scale", `${chart.priceScale("right").width()}px`);
  const placed = [...box.querySelectorAll<HTMLElement>("[data-price]")].map((element) => {
    const y = series.priceToCoordinate(Number(element.dataset.price)) ?? -1;
    return { element, y, kept: Math.min(Math.max(y, HALF), bottom) };
  });
  for (const { element, y, kept } of placed) {
    element.style.setProperty("--y", `${kept}px`);
    element.toggleAttribute("data-outside", y !== kept);
    const { time } = element.dataset;
    if (time === undefined) continue;
    const x = chart.timeScale().timeToCoordinate(Number(time) as UTCTimestamp);
    element.style.setProperty("--x", `${x ?? 0}px`);
    element.hidden = x === null;
  }
  // Of two that would cover each other, the lower one steps aside.
  let above: { readonly kept: number; readonly aside: number } | undefined;
  const handles = placed.filter(({ element }) => element.dataset.time === undefined);
  for (const { element, kept } of handles.sort((a, b) => a.kept - b.kept)) {
    const aside = above && kept - above.kept < CLOSE ? above.aside : 0;
    element.style.setProperty("--aside", `${aside}px`);
    above = { kept, aside: aside + element.offsetWidth + 4 };
  }
}
