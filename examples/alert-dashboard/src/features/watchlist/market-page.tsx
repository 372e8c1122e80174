import { notifications } from "@mantine/notifications";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMonitorMutations, useMonitors } from "../../api/queries.js";
import { useFormats } from "../../i18n/use-formats.js";
import { useFired } from "../../live/use-fired.js";
import type { OtherPointer } from "../chart/chart-overlay.js";
import { ChartPanel } from "../chart/chart-panel.js";
import { draftLevels, type Level, levelsOf } from "../chart/levels.js";
import { MonitorEditor } from "../monitors/monitor-editor.js";
import { MonitorList } from "../monitors/monitor-list.js";
import { emptyRule } from "../monitors/rule-draft.js";
import { useEditor } from "../monitors/use-editor.js";
import { usePreview } from "../monitors/use-preview.js";
import styles from "./market-page.module.css";
import { WatchlistPanel } from "./watchlist-panel.js";

/** Who else looks at the chart; none where nobody can. */
export interface DeskPointers {
  readonly pointers: readonly OtherPointer[];
  readonly point: (time: number | null, price: number | null) => void;
}

interface MarketPageProps {
  readonly userId: string;
  readonly symbol: string | undefined;
  readonly onSymbol: (symbol: string) => void;
  readonly desk?: DeskPointers;
}

const NOBODY: DeskPointers = { pointers: [], point: () => {} };

/** Where one looks at the market: prices, a chart with the levels that are watched, and the monitors behind them. */
export function MarketPage({ userId, symbol, onSymbol, desk = NOBODY }: MarketPageProps) {
  const { t } = useTranslation("chart");
  const formats = useFormats();
  const { data: monitors, refetch } = useMonitors();
  const { change } = useMonitorMutations();
  const editor = useEditor();
  const [days, setDays] = useState(30);
  const preview = usePreview(editor.edited?.values, days);
  const alerts = useFired(userId, symbol);
  const { edited, create, changeRule, edit, addRule } = editor;

  // An alert is news of a rule: where it stands is asked for anew.
  const newest = alerts.at(-1);
  const news = `${newest?.id} ${newest?.revision}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs again with every alert
  useEffect(() => {
    void refetch();
  }, [news, refetch]);

  const levels = useMemo(() => {
    if (symbol === undefined) return [];
    const drafts = edited?.values.symbol === symbol ? draftLevels(edited.values.rules) : [];
    return [...levelsOf(monitors ?? [], symbol, edited?.id), ...drafts];
  }, [monitors, symbol, edited]);
  const fires = preview.state === "known" ? preview.result.fires : NO_FIRES;
  const marked = useMemo(() => ({ alerts, preview: fires }), [alerts, fires]);

  const monitorOf = (level: Level) => monitors?.find(({ id }) => id === level.monitorId);

  function move(level: Level, price: number) {
    if (level.monitorId === undefined) {
      changeRule(level.rule, { [level.field]: String(price) });
      return;
    }
    const monitor = monitorOf(level);
    if (!monitor) return;
    const rules = monitor.rules.map((rule, index) =>
      index === level.rule ? { ...rule, [level.field]: price } : rule,
    );
    change.mutate(
      { id: monitor.id, change: { rules } },
      {
        onSuccess: () =>
          notifications.show({ message: t("moved", { price: formats.price(price) }) }),
        onError: ({ message }) =>
          notifications.show({ title: t("moveFailed"), message, color: "red" }),
      },
    );
  }

  function open(level: Level) {
    const monitor = monitorOf(level);
    if (monitor) edit(monitor);
  }

  const drawn = useCallback(
    (price: number, last: number | undefined) => {
      if (symbol === undefined) return;
      const direction = last !== undefined && price < last ? "down" : "up";
      const values = { price: String(price), direction };
      if (edited && edited.values.symbol === symbol) addRule("crossing", values);
      else create(symbol, [emptyRule("crossing", values)]);
    },
    [symbol, edited, addRule, create],
  );

  return (
    <div className={styles.page}>
      <WatchlistPanel
        className={styles.watchlist}
        userId={userId}
        symbol={symbol}
        onSymbol={onSymbol}
      />
      <ChartPanel
        className={styles.chart}
        symbol={symbol}
        levels={levels}
        marked={marked}
        pointers={desk.pointers}
        onPoint={desk.point}
        onMoved={move}
        onOpen={open}
        onDrawn={drawn}
      />
      <div className={styles.side}>
        {edited && (
          <MonitorEditor
            className={styles.editor}
            editor={editor}
            preview={preview}
            days={days}
            onDays={setDays}
            onSymbol={onSymbol}
          />
        )}
        <MonitorList
          className={styles.monitors}
          symbol={symbol}
          edited={edited?.id}
          onSymbol={onSymbol}
          onEdit={edit}
          onNew={() => create(symbol ?? "")}
        />
      </div>
    </div>
  );
}

const NO_FIRES: [] = [];
