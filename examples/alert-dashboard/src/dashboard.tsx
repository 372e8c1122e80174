import { useConnection, useLatest } from "@tocsin/client/react";
import type { Monitor } from "@tocsin/protocol/alerts";
import { market } from "@tocsin-example/alert-contract";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useMonitors } from "./api/queries.js";
import styles from "./dashboard.module.css";
import { ChartPanel } from "./features/chart/chart-panel.js";
import { createPriceLines } from "./features/chart/price-lines.js";
import { Header } from "./features/connection/header.js";
import { MonitorForm } from "./features/monitors/monitor-form.js";
import { MonitorList } from "./features/monitors/monitor-list.js";
import { LastPriceContext } from "./features/monitors/price-field.js";
import { PricePanel } from "./features/prices/price-panel.js";
import { TimelinePanel } from "./features/timeline/timeline.js";
import { useTimeline } from "./features/timeline/use-timeline.js";
import type { MarketClient } from "./live/client.js";
import { usePrices } from "./live/use-prices.js";
import { text } from "./text.js";

const service = market.service();

interface DashboardProps {
  readonly client: MarketClient;
  readonly userId: string;
}

/** Wires the parts: what is live comes in here, and what is selected lives here. */
export function Dashboard({ client, userId }: DashboardProps) {
  const connection = useConnection();
  const { value: status } = useLatest(service);
  const [lines] = useState(createPriceLines);
  const prices = usePrices(lines);
  const monitors = useMonitors();
  const timeline = useTimeline(client, userId, status?.suppressed ?? 0);
  const [picked, setPicked] = useState<string>();
  const [editing, setEditing] = useState<Monitor>();

  const connected = connection.status === "live";
  const { quotes } = prices;
  const quote = quotes.find(({ symbol }) => symbol === picked) ?? quotes[0];
  const selected = quote?.symbol;
  // A monitor being changed keeps its symbol, whichever is looked at meanwhile.
  const formQuote = editing ? quotes.find(({ symbol }) => symbol === editing.symbol) : quote;

  const symbolList = quotes.map(({ symbol }) => symbol).join();
  const symbols = useMemo(() => (symbolList ? symbolList.split(",") : []), [symbolList]);
  const startEditing = useCallback((monitor: Monitor) => {
    setEditing(monitor);
    setPicked(monitor.symbol);
  }, []);
  const stopEditing = useCallback(() => setEditing(undefined), []);
  const forget = useCallback(
    (id: string) => setEditing((current) => (current?.id === id ? undefined : current)),
    [],
  );

  // What was loaded before an interruption may have changed during it.
  const { refetch } = monitors;
  useEffect(() => {
    if (connected) void refetch();
  }, [connected, refetch]);

  return (
    <div className={styles.page}>
      <Header
        client={client}
        connection={connection}
        recovery={timeline.recovery}
        status={status}
      />
      <main className={styles.main}>
        <div className={styles.left}>
          <PricePanel
            className={styles.prices}
            prices={prices}
            connected={connected}
            running={status?.running ?? true}
            selected={selected}
            onSelect={setPicked}
          />
          <TimelinePanel className={styles.timeline} timeline={timeline} onSelect={setPicked} />
        </div>
        <ChartPanel
          className={styles.chart}
          quote={quote}
          connected={connected}
          lines={lines}
          monitors={monitors.data ?? NO_MONITORS}
          alerts={timeline.alerts}
        />
        <LastPriceContext value={formQuote?.price}>
          <MonitorForm
            key={editing?.id ?? "new"}
            className={styles.form}
            symbols={symbols}
            symbol={selected}
            onSymbol={setPicked}
            editing={editing}
            onDone={stopEditing}
          />
        </LastPriceContext>
        <MonitorList
          className={styles.monitors}
          monitors={monitors}
          selected={selected}
          editing={editing?.id}
          onSelect={setPicked}
          onEdit={startEditing}
          onGone={forget}
        />
      </main>
      <div className={styles.announcer} aria-live="polite">
        {timeline.newest && text.timeline.announce(timeline.newest.title)}
      </div>
    </div>
  );
}

const NO_MONITORS: readonly Monitor[] = [];
