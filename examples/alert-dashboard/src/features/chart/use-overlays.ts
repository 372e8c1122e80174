import type { AlertKind, AlertNotification } from "@tocsin/protocol/alerts";
import {
  createSeriesMarkers,
  type ISeriesApi,
  LineStyle,
  type SeriesMarker,
  type SeriesType,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect } from "react";
import { text } from "../../text.js";
import { type ChartColors, faint } from "./colors.js";
import type { Level } from "./levels.js";

/** What is drawn over a series. */
export interface Overlays {
  readonly levels: readonly Level[];
  /** Alerts of this symbol. */
  readonly alerts: readonly AlertNotification[];
}

const COLOR_OF = {
  "entry-range": "accent",
  "take-profit": "up",
  "stop-loss": "down",
} as const satisfies Record<AlertKind, keyof ChartColors>;

/** Draws levels as price lines and alerts as markers; `timeOf` finds the bar or point an alert belongs to. */
export function useOverlays(
  series: ISeriesApi<SeriesType> | undefined,
  colors: ChartColors | undefined,
  { levels, alerts }: Overlays,
  timeOf: (firedAt: number) => number,
) {
  useEffect(() => {
    if (!series || !colors) return;
    const lines = levels.map(({ kind, edge, price, enabled }) => {
      const color = colors[COLOR_OF[kind]];
      return series.createPriceLine({
        price,
        color: enabled ? color : faint(color, 0.35),
        lineWidth: 1,
        lineStyle: edge === "exact" ? LineStyle.Dashed : LineStyle.Dotted,
        axisLabelVisible: enabled,
        title: enabled ? text.shortKinds[kind] : `${text.shortKinds[kind]} ${text.chart.off}`,
      });
    });
    return () => {
      for (const line of lines) series.removePriceLine(line);
    };
  }, [series, colors, levels]);

  useEffect(() => {
    if (!series || !colors) return;
    const markers = createSeriesMarkers(series, [], { autoScale: true });
    markers.setMarkers(
      [...alerts]
        .sort((a, b) => a.firedAt - b.firedAt)
        .map((alert) => markerOf(alert, colors, timeOf)),
    );
    return () => markers.detach();
  }, [series, colors, alerts, timeOf]);
}

function markerOf(
  { id, reason, firedAt }: AlertNotification,
  colors: ChartColors,
  timeOf: (firedAt: number) => number,
): SeriesMarker<Time> {
  const below = reason === "stop-loss";
  return {
    id,
    time: timeOf(firedAt) as UTCTimestamp,
    position: below ? "belowBar" : "aboveBar",
    shape: reason === "entry-range" ? "circle" : below ? "arrowUp" : "arrowDown",
    color: colors[COLOR_OF[reason]],
    size: 1,
  };
}
