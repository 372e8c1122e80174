import { IconChartLine, IconPlayerPause, IconPlugConnectedX } from "@tabler/icons-react";
import { formatClock, formatMarketTime } from "../../format.js";
import type { PricesView } from "../../live/views.js";
import { text } from "../../text.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import styles from "./price-panel.module.css";
import { PriceTable } from "./price-table.js";

interface PricePanelProps {
  readonly prices: PricesView;
  /** Whether the connection is up: prices are shown as current only then. */
  readonly connected: boolean;
  readonly running: boolean;
  readonly selected: string | undefined;
  readonly onSelect: (symbol: string) => void;
  readonly className?: string | undefined;
}

export function PricePanel(props: PricePanelProps) {
  const { prices, connected, running, selected, onSelect, className } = props;
  const { quotes, receivedAt } = prices;
  return (
    <Panel
      title={text.prices.title}
      className={`${styles.panel} ${className ?? ""}`}
      aside={quotes.length > 0 && <span>{text.prices.count(quotes.length)}</span>}
    >
      {quotes.length > 0 && !connected && (
        <p className={styles.stale} role="status">
          <IconPlugConnectedX size={14} aria-hidden />
          {text.prices.stale(asOf(prices))}
        </p>
      )}
      {quotes.length > 0 && connected && !running && (
        <p className={styles.paused} role="status">
          <IconPlayerPause size={14} aria-hidden />
          {text.prices.stopped(asOf(prices))}
        </p>
      )}
      {quotes.length > 0 ? (
        <PriceTable quotes={quotes} selected={selected} stale={!connected} onSelect={onSelect} />
      ) : receivedAt === undefined ? (
        <Loading label={text.prices.loading} />
      ) : (
        <Placeholder
          icon={<IconChartLine size={22} aria-hidden />}
          title={text.prices.empty}
          hint={text.prices.emptyHint}
        />
      )}
    </Panel>
  );
}

/** The newest quote's market time, and when the reader's own clock last saw a change. */
function asOf({ quotes, receivedAt }: PricesView): string {
  const newest = quotes.reduce((max, quote) => Math.max(max, quote.at), 0);
  const market = `${formatMarketTime(newest)} UTC`;
  return receivedAt === undefined ? market : `${market} (received ${formatClock(receivedAt)})`;
}
