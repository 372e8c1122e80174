import type { AlertNotification, Monitor } from "@tocsin/protocol/alerts";
import type { Candle, Quote } from "@tocsin-example/alert-contract";
import { useMemo } from "react";
import { useCandles, useExtendCandles } from "../../api/queries.js";
import { formatChange, formatPercent, formatPrice } from "../../format.js";
import { useLiveBars } from "../../live/use-live-bars.js";
import { text } from "../../text.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import { Tag } from "../../ui/tag.js";
import { useRefresh } from "../../ui/use-refresh.js";
import { trendOf } from "../prices/columns.js";
import { BarChart } from "./bar-chart.js";
import styles from "./chart.module.css";
import { levelsOf } from "./levels.js";
import { LineChart } from "./line-chart.js";
import type { PriceLines } from "./price-lines.js";
import { onlyCloses } from "./series.js";
import type { Overlays } from "./use-overlays.js";

/** Finished bars are asked for again at most this often. */
const REFRESH_MS = 1_000;

interface ChartPanelProps {
  readonly quote: Quote | undefined;
  readonly connected: boolean;
  readonly lines: PriceLines;
  readonly monitors: readonly Monitor[];
  readonly alerts: readonly AlertNotification[];
  readonly className?: string | undefined;
}

/** The selected symbol: its bars, or a line of live prices where the server has no bars. */
export function ChartPanel(props: ChartPanelProps) {
  const { quote, connected, lines, monitors, alerts, className } = props;
  const symbol = quote?.symbol;
  const candles = useCandles(symbol);
  const overlays = useMemo<Overlays>(
    () => ({
      levels: symbol === undefined ? [] : levelsOf(monitors, symbol),
      alerts: alerts.filter((alert) => alert.symbol === symbol),
    }),
    [monitors, alerts, symbol],
  );

  return (
    <Panel
      className={className}
      title={quote ? <Heading quote={quote} /> : text.chart.waiting}
      aside={
        quote && (
          <>
            {candles.data && (
              <Tag tone="quiet">
                {onlyCloses(candles.data) ? text.chart.line : text.chart.daily}
              </Tag>
            )}
            <QuoteLine quote={quote} stale={!connected} />
          </>
        )
      }
    >
      {!quote || candles.isPending ? (
        <Loading label={quote ? text.chart.loading : text.chart.waiting} />
      ) : candles.isError ? (
        <Placeholder
          role="alert"
          title={text.chart.failed}
          hint={candles.error.message}
          action={{ label: text.chart.retry, run: () => void candles.refetch() }}
        />
      ) : onlyCloses(candles.data) ? (
        <LineChart
          key={quote.symbol}
          quote={quote}
          closes={candles.data}
          lines={lines}
          overlays={overlays}
        />
      ) : (
        <LiveBarChart
          key={quote.symbol}
          symbol={quote.symbol}
          finished={candles.data}
          overlays={overlays}
        />
      )}
    </Panel>
  );
}

interface LiveBarChartProps {
  readonly symbol: string;
  readonly finished: readonly Candle[];
  readonly overlays: Overlays;
}

/** Subscribes to the bar being built; apart from the panel because only symbols with bars have that channel. */
function LiveBarChart({ symbol, finished, overlays }: LiveBarChartProps) {
  const live = useLiveBars(symbol);
  // The last prices of a finished bar may have been skipped on their way here; the server's list has them.
  const extend = useExtendCandles(symbol);
  useRefresh(live.at(-1)?.time, extend, REFRESH_MS);
  return <BarChart finished={finished} live={live} overlays={overlays} />;
}

function Heading({ quote }: { readonly quote: Quote }) {
  return (
    <span className={styles.heading}>
      {quote.symbol} <span className={styles.name}>{quote.name}</span>
    </span>
  );
}

function QuoteLine({ quote, stale }: { readonly quote: Quote; readonly stale: boolean }) {
  return (
    <span className={styles.quote} data-stale={stale || undefined}>
      <strong>{formatPrice(quote.price)}</strong>
      <span data-trend={trendOf(quote.change)}>
        {formatChange(quote.change)} ({formatPercent(quote.changePercent)})
      </span>
    </span>
  );
}
