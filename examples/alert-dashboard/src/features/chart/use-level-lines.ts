import type { AlertKind } from "@tocsin/protocol/alerts";
import { LineStyle } from "lightweight-charts";
import { useEffect } from "react";
import { type ChartColors, faint } from "./colors.js";
import type { Level } from "./levels.js";
import type { PriceSeries } from "./use-series.js";

/** The colour of each kind of level. */
const COLOR_OF = {
  "entry-range": "accent",
  "take-profit": "up",
  "stop-loss": "down",
  threshold: "warn",
  crossing: "warn",
  "percent-change": "muted",
  "range-breakout": "muted",
  "volume-spike": "muted",
  "stale-feed": "muted",
} as const satisfies Record<AlertKind, keyof ChartColors>;

/** Draws levels as price lines; the handles over the chart say what they are. */
export function useLevelLines(
  series: PriceSeries | undefined,
  colors: ChartColors | undefined,
  levels: readonly Level[],
) {
  useEffect(() => {
    if (!series || !colors) return;
    const lines = levels.map(({ kind, field, price, enabled, monitorId }) => {
      const color = colors[monitorId === undefined ? "accent" : COLOR_OF[kind]];
      return series.createPriceLine({
        price,
        color: enabled ? faint(color, 0.8) : faint(color, 0.35),
        lineWidth: 1,
        lineStyle:
          monitorId === undefined
            ? LineStyle.Solid
            : field === "clear"
              ? LineStyle.SparseDotted
              : LineStyle.Dashed,
        axisLabelVisible: false,
      });
    });
    return () => {
      for (const line of lines) series.removePriceLine(line);
    };
  }, [series, colors, levels]);
}
