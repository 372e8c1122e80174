import type { IChartApi, MouseEventParams } from "lightweight-charts";
import { useEffect, useRef, useState } from "react";

/** The place under the reader's pointer. */
export interface PointedAt {
  /** When the bar under it begins, seconds. */
  readonly time: number;
  /** How far down the chart, pixels. */
  readonly y: number;
}

/** When the bar under the pointer begins, seconds; `undefined` while there is none. `onPoint` hears every move. */
export function usePointed(
  chart: IChartApi | undefined,
  onPoint: (at: PointedAt | undefined) => void,
): number | undefined {
  const [time, setTime] = useState<number>();
  const newest = useRef(onPoint);
  useEffect(() => {
    newest.current = onPoint;
  }, [onPoint]);
  useEffect(() => {
    if (!chart) return;
    const onMove = ({ time: at, point }: MouseEventParams) => {
      const known = typeof at === "number" && point;
      setTime(known ? at : undefined);
      newest.current(known ? { time: at, y: point.y } : undefined);
    };
    chart.subscribeCrosshairMove(onMove);
    return () => {
      chart.unsubscribeCrosshairMove(onMove);
      setTime(undefined);
    };
  }, [chart]);
  return time;
}
