import { useMantineColorScheme } from "@mantine/core";
import { createChart, type IChartApi } from "lightweight-charts";
import { type RefObject, useEffect, useRef, useState } from "react";
import { type ChartColors, chartOptions, readColors } from "./colors.js";

/** A chart and the colours it was drawn with. */
export interface ChartHandle {
  readonly chart: IChartApi;
  readonly colors: ChartColors;
}

/** Keeps a chart in `box` for as long as the component lives; it takes the size and the theme of its surroundings. */
export function useChart(): {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly handle: ChartHandle | undefined;
} {
  const box = useRef<HTMLDivElement>(null);
  const [handle, setHandle] = useState<ChartHandle>();
  const { colorScheme } = useMantineColorScheme();

  useEffect(() => {
    if (!box.current) return;
    const colors = readColors(box.current);
    const chart = createChart(box.current, {
      ...chartOptions(colors),
      autoSize: true,
      localization: { locale: "en-US", dateFormat: "yyyy-MM-dd" },
    });
    chart.timeScale().applyOptions({ rightOffset: 8, barSpacing: 6, timeVisible: false });
    setHandle({ chart, colors });
    return () => {
      setHandle(undefined);
      // After the cleanups of all who drew on it: they touch their lines, and those of a removed chart throw.
      queueMicrotask(() => chart.remove());
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours on the page follow the colour scheme
  useEffect(() => {
    setHandle((current) => {
      if (!current || !box.current) return current;
      const colors = readColors(box.current);
      current.chart.applyOptions(chartOptions(colors));
      return { chart: current.chart, colors };
    });
  }, [colorScheme]);

  return { box, handle };
}
