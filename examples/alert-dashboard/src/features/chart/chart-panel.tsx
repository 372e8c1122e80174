import { Button, SegmentedControl, Tooltip } from "@mantine/core";
import { IconChartCandle, IconLineDashed, IconPlayerPause } from "@tabler/icons-react";
import { useLatest } from "@tocsin/client/react";
import { INTERVALS, type Interval, market, type Quote } from "@tocsin-example/alert-contract";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import { trendOf } from "../watchlist/rows.js";
import styles from "./chart.module.css";
import type { OtherPointer } from "./chart-overlay.js";
import { ChartStage } from "./chart-stage.js";
import { type Level, roundPrice } from "./levels.js";
import { useBars } from "./use-bars.js";
import type { Marked } from "./use-markers.js";

interface ChartPanelProps {
  readonly symbol: string | undefined;
  readonly levels: readonly Level[];
  readonly marked: Marked;
  readonly pointers: readonly OtherPointer[];
  readonly onPoint: (time: number | null, price: number | null) => void;
  readonly onMoved: (level: Level, price: number) => void;
  readonly onOpen: (level: Level) => void;
  /** A level was drawn where there was none; `last` is the price now. */
  readonly onDrawn: (price: number, last: number | undefined) => void;
  readonly className?: string | undefined;
}

/** The selected symbol: its bars, the levels that are watched, and what fired. */
export function ChartPanel(props: ChartPanelProps) {
  const { symbol, levels, marked, pointers, onPoint, onMoved, onOpen, onDrawn, className } = props;
  const { t } = useTranslation("chart");
  const [interval, setInterval] = useState<Interval>("1d");
  const { bars, loading, error, retry } = useBars(symbol, interval);
  const ref = useMemo(
    () => (symbol === undefined ? null : market.price({ code: symbol })),
    [symbol],
  );
  const { value: quote, stale } = useLatest(ref);
  const last = quote?.price ?? bars.at(-1)?.close;

  return (
    <Panel
      className={`${styles.panel} ${className ?? ""}`}
      title={
        symbol === undefined ? (
          t("waiting")
        ) : (
          <span className={styles.heading}>
            {symbol} <span className={styles.name}>{quote?.name}</span>
          </span>
        )
      }
      aside={quote && <QuoteLine quote={quote} stale={stale || quote.stale} />}
    >
      <div className={styles.content}>
        <div className={styles.tools}>
          <SegmentedControl
            aria-label={t("interval")}
            value={interval}
            onChange={(value) => setInterval(value as Interval)}
            data={INTERVALS.map((value) => ({ value, label: t(`intervals.${value}`) }))}
          />
          <Tooltip label={t("addLevelHint")}>
            <Button
              variant="default"
              disabled={last === undefined}
              leftSection={<IconLineDashed size={14} aria-hidden />}
              onClick={() => last !== undefined && onDrawn(roundPrice(last), last)}
            >
              {t("addLevel")}
            </Button>
          </Tooltip>
          <span className={styles.count}>
            {marked.alerts.length > 0 && t("fired", { count: marked.alerts.length })}
          </span>
        </div>
        {symbol === undefined || loading ? (
          <Loading label={symbol === undefined ? t("waiting") : t("loading")} />
        ) : error !== undefined ? (
          <Placeholder
            role="alert"
            title={t("failed")}
            hint={error}
            action={{ label: t("retry"), run: retry }}
          />
        ) : bars.length === 0 ? (
          <Placeholder
            icon={<IconChartCandle size={22} aria-hidden />}
            title={t("empty")}
            hint={t("emptyHint")}
          />
        ) : (
          <ChartStage
            key={`${symbol}:${interval}`}
            symbol={symbol}
            interval={interval}
            bars={bars}
            levels={levels}
            marked={marked}
            pointers={pointers}
            onPoint={onPoint}
            onMoved={onMoved}
            onOpen={onOpen}
            onDrawn={(price) => onDrawn(price, last)}
          />
        )}
      </div>
    </Panel>
  );
}

function QuoteLine({ quote, stale }: { readonly quote: Quote; readonly stale: boolean }) {
  const { t } = useTranslation("chart");
  const formats = useFormats();
  return (
    <span className={styles.quote} data-stale={stale || undefined}>
      {quote.stale && <IconPlayerPause size={13} aria-label={t("staleHint")} />}
      <strong>{formats.price(quote.price)}</strong>
      <span data-trend={trendOf(quote.change)}>
        {formats.change(quote.change)} ({formats.percent(quote.changePercent)})
      </span>
    </span>
  );
}
