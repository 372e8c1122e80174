import { useMantineColorScheme } from "@mantine/core";
import { createChart, type IChartApi } from "lightweight-charts";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
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
  const { i18n } = useTranslation();
  const locale = i18n.resolvedLanguage === "zh" ? "zh-CN" : "en-US";

  useEffect(() => {
    if (!box.current) return;
    const colors = readColors(box.current);
    const chart = createChart(box.current, { ...chartOptions(colors), autoSize: true });
    chart.timeScale().applyOptions({ rightOffset: 12, barSpacing: 7 });
    setHandle({ chart, colors });
    return () => {
      setHandle(undefined);
      // After the cleanups of all who drew on it: they touch their lines, and those of a removed chart throw.
      queueMicrotask(() => chart.remove());
    };
  }, []);

  useEffect(() => {
    handle?.chart.applyOptions({ localization: { locale, dateFormat: "yyyy-MM-dd" } });
  }, [handle, locale]);

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
