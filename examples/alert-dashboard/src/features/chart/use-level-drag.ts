import type { IChartApi } from "lightweight-charts";
import { type RefObject, useEffect, useRef, useState } from "react";
import { roundPrice } from "./levels.js";
import type { PriceSeries } from "./use-series.js";

/** Pixels after which a press is a drag, and its direction is known. */
const SLACK = 6;

/**
 * A level that is drawn by pressing on an empty place of the chart and dragging up or down; sideways still moves
 * the chart. Returns the price under the pointer while that goes on.
 */
export function useLevelDrag(
  stage: RefObject<HTMLElement | null>,
  chart: IChartApi | undefined,
  series: PriceSeries | undefined,
  onDone: (price: number) => void,
): number | undefined {
  const [price, setPrice] = useState<number>();
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  }, [onDone]);

  useEffect(() => {
    const element = stage.current;
    if (!element || !chart || !series) return;
    let start: { readonly x: number; readonly y: number } | undefined;
    let dragging = false;
    let found: number | undefined;

    const priceAt = (clientY: number) => {
      const at = series.coordinateToPrice(clientY - element.getBoundingClientRect().top);
      return at === null || at <= 0 ? undefined : roundPrice(at);
    };
    const end = () => {
      if (dragging) chart.applyOptions({ handleScroll: { pressedMouseMove: true } });
      start = undefined;
      dragging = false;
      found = undefined;
      setPrice(undefined);
    };
    const onDown = (event: PointerEvent) => {
      const onHandle = (event.target as Element).closest("[data-level],a,button") !== null;
      const { right, bottom } = element.getBoundingClientRect();
      const onScale =
        event.clientX > right - chart.priceScale("right").width() ||
        event.clientY > bottom - chart.timeScale().height();
      // A finger that moves up or down scrolls the page.
      if (event.button !== 0 || event.pointerType === "touch" || onHandle || onScale) return;
      start = { x: event.clientX, y: event.clientY };
    };
    const onMove = (event: PointerEvent) => {
      if (!start) return;
      const across = Math.abs(event.clientX - start.x);
      const along = Math.abs(event.clientY - start.y);
      if (!dragging) {
        if (Math.max(across, along) < SLACK) return;
        if (along < 2 * across) return end();
        dragging = true;
        chart.applyOptions({ handleScroll: { pressedMouseMove: false } });
      }
      found = priceAt(event.clientY);
      setPrice(found);
    };
    const onUp = () => {
      const at = dragging ? found : undefined;
      end();
      if (at !== undefined) done.current(at);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") end();
    };
    element.addEventListener("pointerdown", onDown, { capture: true });
    addEventListener("pointermove", onMove);
    addEventListener("pointerup", onUp);
    addEventListener("pointercancel", end);
    addEventListener("keydown", onKey);
    return () => {
      element.removeEventListener("pointerdown", onDown, { capture: true });
      removeEventListener("pointermove", onMove);
      removeEventListener("pointerup", onUp);
      removeEventListener("pointercancel", end);
      removeEventListener("keydown", onKey);
    };
  }, [stage, chart, series]);

  return price;
}
