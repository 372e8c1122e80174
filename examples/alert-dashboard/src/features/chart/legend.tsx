import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import type { ChartBar } from "./bars.js";
import styles from "./chart.module.css";

interface LegendProps {
  readonly bar: ChartBar;
  /** Whether the hour matters, or only the day. */
  readonly withTime: boolean;
}

/** The numbers of one bar, over the chart. */
export function Legend({ bar, withTime }: LegendProps) {
  const { t } = useTranslation("chart");
  const formats = useFormats();
  const { time, open, close } = bar;
  return (
    <p className={styles.legend} data-trend={close >= open ? "up" : "down"}>
      <time>{(withTime ? formats.marketTime : formats.day)(time * 1_000)}</time>
      {(["open", "high", "low", "close"] as const).map((name) => (
        <span key={name}>
          <i>{t(`bar.${name}`)}</i> <b>{formats.price(bar[name])}</b>
        </span>
      ))}
      <b>{formats.percent(((close - open) / open) * 100)}</b>
    </p>
  );
}
