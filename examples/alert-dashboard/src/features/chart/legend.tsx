import { formatPercent, formatPrice } from "../../format.js";
import { text } from "../../text.js";
import styles from "./chart.module.css";

/** What the legend tells of a bar. */
export interface LegendBar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The numbers of one bar, over the chart. */
export function Legend({ bar }: { readonly bar: LegendBar }) {
  const { time, open, high, low, close } = bar;
  const trend = close >= open ? "up" : "down";
  const parts = [
    [text.chart.open, open],
    [text.chart.high, high],
    [text.chart.low, low],
    [text.chart.close, close],
  ] as const;
  return (
    <p className={styles.legend} data-trend={trend}>
      <time>{new Date(time * 1_000).toISOString().slice(0, 10)}</time>
      {parts.map(([name, value]) => (
        <span key={name}>
          <i>{name}</i> <b>{formatPrice(value)}</b>
        </span>
      ))}
      <b>{formatPercent(((close - open) / open) * 100)}</b>
    </p>
  );
}
