import { Button, SegmentedControl, Tooltip } from "@mantine/core";
import { IconChartCandle, IconLineDashed, IconPlayerPause } from "@tabler/icons-react";
import { useLatest } from "@tocsin/client/react";
import { INTERVALS, type Interval, market, type Quote } from "@tocsin-example/alert-contract";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
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

  const draw = useRef(() => {});
  useEffect(() => {
    draw.current = () => last !== undefined && onDrawn(roundPrice(last), last);
  });
  const drawAtLast = useCallback(() => draw.current(), []);

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
        <ChartTools
          interval={interval}
          onInterval={setInterval}
          fired={marked.alerts.length}
          onNew={last === undefined ? undefined : drawAtLast}
        />
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

interface ChartToolsProps {
  readonly interval: Interval;
  readonly onInterval: (interval: Interval) => void;
  readonly fired: number;
  /** `undefined` while there is no price to begin at. */
  readonly onNew: (() => void) | undefined;
}

/** Interval, and a new level for those who do not drag; not drawn anew with every price. */
const ChartTools = memo(function ChartTools(props: ChartToolsProps) {
  const { interval, onInterval, fired, onNew } = props;
  const { t } = useTranslation("chart");
  return (
    <div className={styles.tools}>
      <SegmentedControl
        aria-label={t("interval")}
        value={interval}
        onChange={(value) => onInterval(value as Interval)}
        data={INTERVALS.map((value) => ({ value, label: t(`intervals.${value}`) }))}
      />
      <Tooltip label={t("addLevelHint")}>
        <Button
          variant="default"
          disabled={onNew === undefined}
          leftSection={<IconLineDashed size={14} aria-hidden />}
          onClick={onNew}
        >
          {t("addLevel")}
        </Button>
      </Tooltip>
      <span className={styles.count}>{fired > 0 && t("fired", { count: fired })}</span>
    </div>
  );
});

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
