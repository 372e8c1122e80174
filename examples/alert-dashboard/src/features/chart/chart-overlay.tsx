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
/** Where the highest of them may be, below the numbers of the bar. */
const TOP = 36;
const CLOSE = 19;

/** Writes a length where it is a new one: writing what stands there already costs a layout all the same. */
function put(element: HTMLElement, name: string, pixels: number) {
  const value = `${Math.round(pixels * 2) / 2}px`;
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

/** Puts everything that has a price where that price is; what lies outside stays at the edge, to be reached. */
function placeAll(box: HTMLElement, chart: IChartApi, series: PriceSeries) {
  const bottom = series.getPane().getHeight() - HALF;
  put(box, "--scale", chart.priceScale("right").width());
  const placed = [...box.querySelectorAll<HTMLElement>("[data-price]")].map((element) => {
    const y = series.priceToCoordinate(Number(element.dataset.price)) ?? -1;
    return { element, y, kept: Math.min(Math.max(y, TOP), bottom) };
  });
  for (const { element, y, kept } of placed) {
    put(element, "--y", kept);
    element.toggleAttribute("data-outside", y !== kept);
    const { time } = element.dataset;
    if (time === undefined) continue;
    const x = chart.timeScale().timeToCoordinate(Number(time) as UTCTimestamp);
    put(element, "--x", x ?? 0);
    element.hidden = x === null;
  }
  // Of two that would cover each other, the lower one steps aside.
  let above:
    | { readonly element: HTMLElement; readonly kept: number; readonly aside: number }
    | undefined;
  const handles = placed.filter(({ element }) => element.dataset.time === undefined);
  for (const { element, kept } of handles.sort((a, b) => a.kept - b.kept)) {
    const covered = above !== undefined && kept - above.kept < CLOSE ? above : undefined;
    const aside = covered ? covered.aside + covered.element.offsetWidth + 4 : 0;
    put(element, "--aside", aside);
    above = { element, kept, aside };
  }
}
