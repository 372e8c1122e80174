import type { ISeriesPrimitive, Time } from "lightweight-charts";
import { useEffect, useRef } from "react";
import type { PriceSeries } from "./use-series.js";

/** Calls `place` whenever the chart is drawn anew: prices and times then lie elsewhere on the screen. */
export function useRedraw(series: PriceSeries | undefined, place: () => void) {
  const newest = useRef(place);
  useEffect(() => {
    newest.current = place;
    place();
  });
  useEffect(() => {
    if (!series) return;
    // The chart has no event for it, but tells whatever is drawn on a series.
    // It tells several times while it draws; once after it is enough, and still before the frame is shown.
    let waiting = false;
    let gone = false;
    const told: ISeriesPrimitive<Time> = {
      updateAllViews() {
        if (waiting) return;
        waiting = true;
        queueMicrotask(() => {
          waiting = false;
          if (!gone) newest.current();
        });
      },
    };
    series.attachPrimitive(told);
    return () => {
      gone = true;
      series.detachPrimitive(told);
    };
  }, [series]);
}
