import { type ChartOptions, ColorType, type DeepPartial } from "lightweight-charts";

/** The page's colours as the chart takes them: a canvas knows nothing of custom properties. */
export interface ChartColors {
  readonly up: string;
  readonly down: string;
  readonly accent: string;
  readonly warn: string;
  readonly muted: string;
  readonly line: string;
  readonly panel: string;
  readonly text: string;
}

export function readColors(element: Element): ChartColors {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    up: read("up"),
    down: read("down"),
    accent: read("accent"),
    warn: read("warn"),
    muted: read("muted"),
    line: read("line"),
    panel: read("panel"),
    text: read("text"),
  };
}

export function chartOptions(colors: ChartColors): DeepPartial<ChartOptions> {
  return {
    layout: {
      background: { type: ColorType.Solid, color: colors.panel },
      textColor: colors.muted,
      fontSize: 11,
      fontFamily: getComputedStyle(document.body).fontFamily,
      // TradingView Lightweight Charts™, Copyright (c) TradingView, Inc., https://www.tradingview.com/, Apache-2.0.
      // Its licence asks for this notice in the code and a link on the page; the logo is that link.
      attributionLogo: true,
    },
    grid: { vertLines: { color: faint(colors.line) }, horzLines: { color: faint(colors.line) } },
    rightPriceScale: { borderColor: colors.line },
    timeScale: { borderColor: colors.line },
    crosshair: {
      vertLine: { color: colors.muted, labelBackgroundColor: colors.muted },
      horzLine: { color: colors.muted, labelBackgroundColor: colors.muted },
    },
  };
}

/** The colour at a fraction of its strength; the page's colours are all written `#rrggbb`. */
export function faint(color: string, alpha = 0.5): string {
  const byte = Math.round(alpha * 255);
  return `${color}${byte.toString(16).padStart(2, "0")}`;
}
