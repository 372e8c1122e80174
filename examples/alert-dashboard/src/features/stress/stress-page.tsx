import { TocsinProvider } from "@tocsin/client/react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { Panel } from "../../ui/panel.js";
import { QuoteTable } from "../watchlist/quote-table.js";
import { useQuotes } from "../watchlist/use-quotes.js";
import { useFrameMeter } from "./frame-meter.js";
import { createMadeMarket, type MadeMarket } from "./made-market.js";
import styles from "./stress.module.css";

/** Prices a second of each symbol. */
const RATE = 20;
const NONE: ReadonlySet<string> = new Set();

/** How many symbols the address asks to be shown under load: `?stress=500`; `undefined` for the ordinary page. */
export function stressOf(search: string): number | undefined {
  const asked = Number(new URLSearchParams(search).get("stress"));
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, 2_000) : undefined;
}

/** The watchlist under load, with what it costs. */
export function StressPage({ symbols }: { readonly symbols: number }) {
  const [made, setMade] = useState<MadeMarket>();
  useEffect(() => {
    const started = createMadeMarket(symbols, RATE);
    setMade(started);
    return () => started.stop();
  }, [symbols]);
  return (
    made && (
      <TocsinProvider client={made.client}>
        <Loaded symbols={symbols} sent={made.sent} />
      </TocsinProvider>
    )
  );
}

function Loaded({ symbols, sent }: { readonly symbols: number; readonly sent: () => number }) {
  const { t } = useTranslation("stress");
  const { quotes, status } = useQuotes("all");
  const [selected, setSelected] = useState<string>();
  return (
    <main className={styles.page}>
      <Figures sent={sent} />
      <Panel className={styles.table} title={t("title", { symbols, rate: RATE })} aside={t("note")}>
        <div className={styles.fill}>
          <QuoteTable
            quotes={quotes}
            selected={selected}
            stale={status !== "live"}
            listed={NONE}
            onSelect={setSelected}
            onToggle={() => {}}
          />
        </div>
      </Panel>
    </main>
  );
}

/** What it costs; apart from the table, so that the measuring draws nothing of it anew. */
function Figures({ sent }: { readonly sent: () => number }) {
  const { t } = useTranslation("stress");
  const formats = useFormats();
  const report = useFrameMeter();
  const [rate, setRate] = useState(0);
  useEffect(() => {
    let before = { count: sent(), at: performance.now() };
    const timer = setInterval(() => {
      const now = { count: sent(), at: performance.now() };
      setRate(((now.count - before.count) / (now.at - before.at)) * 1_000);
      before = now;
    }, 1_000);
    return () => clearInterval(timer);
  }, [sent]);
  const ms = (value: number) => t("milliseconds", { ms: Math.round(value * 10) / 10 });
  return (
    <dl className={styles.figures} data-report={JSON.stringify({ ...report, rate })}>
      <dt>{t("events")}</dt>
      <dd>{formats.count(rate)}</dd>
      <dt>{t("frames")}</dt>
      <dd>{formats.count(report?.frames ?? 0)}</dd>
      <dt>{t("interval")}</dt>
      <dd>{ms(report?.intervalMs ?? 0)}</dd>
      <dt>{t("longest")}</dt>
      <dd>{ms(report?.longestMs ?? 0)}</dd>
      <dt>{t("work")}</dt>
      <dd>{ms(report?.workMs ?? 0)}</dd>
      <dt>{t("longTasks")}</dt>
      <dd>{formats.count(report?.longTasks ?? 0)}</dd>
    </dl>
  );
}
