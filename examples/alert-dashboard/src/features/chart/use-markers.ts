import type { AlertNotification } from "@tocsin/protocol/alerts";
import type { PreviewResult } from "@tocsin-example/alert-contract/rest";
import {
  createSeriesMarkers,
  type ISeriesMarkersPluginApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useMemo, useState } from "react";
import { barTimeAt, type ChartBar } from "./bars.js";
import { type ChartColors, faint } from "./colors.js";
import type { PriceSeries } from "./use-series.js";

/** What is marked on the bars. */
export interface Marked {
  /** Alerts of the symbol. */
  readonly alerts: readonly AlertNotification[];
  /** When the rules in the editor would have fired. */
  readonly preview: readonly PreviewResult["fires"][number][];
}

const COLOR = { info: "accent", warning: "warn", critical: "down" } as const;

/** Marks bars in which alerts fired, or would have. Several of one bar are one mark with their number. */
export function marksOf(
  { alerts, preview }: Marked,
  bars: readonly ChartBar[],
  colors: Pick<ChartColors, "accent" | "warn" | "down" | "muted">,
  barMs: number,
): SeriesMarker<Time>[] {
  const marks = new Map<string, SeriesMarker<Time> & { count: number }>();
  const end = (bars.at(-1)?.time ?? 0) * 1_000 + barMs;
  const add = (at: number, mark: Omit<SeriesMarker<Time>, "time">) => {
    const time = barTimeAt(bars, at);
    // After a jump back in time there are alerts of what has not happened again yet.
    if (time === undefined || at >= end) return;
    const key = `${time}:${mark.position}`;
    const count = (marks.get(key)?.count ?? 0) + 1;
    const text = count > 1 ? { text: `×${count}` } : {};
    // Of alerts of different urgency the last one gives the colour.
    marks.set(key, {
      ...(mark as SeriesMarker<Time>),
      time: time as UTCTimestamp,
      id: key,
      count,
      ...text,
    });
  };
  for (const { firedAt, severity, state } of alerts) {
    add(firedAt, {
      position: "aboveBar",
      shape: "arrowDown",
      color: state === "firing" ? colors[COLOR[severity]] : faint(colors[COLOR[severity]], 0.7),
      size: 1,
    } as Omit<SeriesMarker<Time>, "time">);
  }
  for (const { at, suppressed } of preview) {
    add(at, {
      position: "belowBar",
      shape: "circle",
      color: suppressed ? faint(colors.muted, 0.5) : colors.accent,
      size: suppressed ? 0.5 : 1,
    } as Omit<SeriesMarker<Time>, "time">);
  }
  return [...marks.values()].sort((a, b) => Number(a.time) - Number(b.time));
}

/** Keeps the marks on the series. */
export function useMarkers(
  series: PriceSeries | undefined,
  colors: ChartColors | undefined,
  bars: readonly ChartBar[],
  marked: Marked,
  barMs: number,
): number {
  // Marks move when a bar is added, not with every price of it.
  const first = bars[0]?.time;
  const last = bars.at(-1)?.time;
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const marks = useMemo(
    () => (colors ? marksOf(marked, bars, colors, barMs) : []),
    [marked, colors, first, last, bars.length],
  );
  const [plugin, setPlugin] = useState<ISeriesMarkersPluginApi<Time>>();
  useEffect(() => {
    if (!series) return;
    const attached = createSeriesMarkers(series, [], { autoScale: true });
    setPlugin(attached);
    return () => {
      setPlugin(undefined);
      attached.detach();
    };
  }, [series]);
  useEffect(() => {
    plugin?.setMarkers(marks);
  }, [plugin, marks]);
  return marks.length;
}
