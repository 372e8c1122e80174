import type { PreviewResult } from "@tocsin-example/alert-contract/rest";
import { useMemo, useState } from "react";
import { ChartPanel } from "../features/chart/chart-panel.js";
import { useDeskPointers } from "../features/desk/use-desk-pointers.js";
import { Viewers } from "../features/desk/viewers.js";
import { LatestPanel } from "../features/inbox/latest-panel.js";
import { MonitorEditor } from "../features/monitors/monitor-editor.js";
import { MonitorList } from "../features/monitors/monitor-list.js";
import { useEditor } from "../features/monitors/use-editor.js";
import { usePreview } from "../features/monitors/use-preview.js";
import { ReplayBar } from "../features/replay/replay-bar.js";
import { WatchlistPanel } from "../features/watchlist/watchlist-panel.js";
import { useFired } from "../live/use-fired.js";
import { useSelection } from "./selection.js";
import styles from "./shell.module.css";
import { useFreshMonitors } from "./use-fresh-monitors.js";
import { useLevels } from "./use-levels.js";
import { useUserId } from "./user.js";

/** Prices, the chart of one of them with what watches it, and the newest alerts. */
export function DeskPage() {
  const userId = useUserId();
  const { symbol, select } = useSelection();
  const editor = useEditor();
  const { edited } = editor;
  const [days, setDays] = useState(30);
  const preview = usePreview(edited?.values, days);
  const chart = useLevels(symbol, editor);
  const { pointers, point } = useDeskPointers(symbol);
  const alerts = useFired(userId, symbol);
  useFreshMonitors();

  const fires =
    preview.state === "known" && edited?.values.symbol === symbol ? preview.result.fires : NONE;
  const marked = useMemo(() => ({ alerts, preview: fires }), [alerts, fires]);
  return (
    <div className={styles.desk}>
      <div className={styles.bar}>
        <ReplayBar />
        <Viewers symbol={symbol} />
      </div>
      <WatchlistPanel
        className={styles.watchlist}
        userId={userId}
        symbol={symbol}
        onSymbol={select}
      />
      <ChartPanel
        className={styles.chart}
        symbol={symbol}
        levels={chart.levels}
        marked={marked}
        pointers={pointers}
        onPoint={point}
        onMoved={chart.onMoved}
        onOpen={chart.onOpen}
        onDrawn={chart.onDrawn}
      />
      <LatestPanel className={styles.alerts} />
      {edited ? (
        <MonitorEditor
          className={styles.monitors}
          editor={editor}
          preview={preview}
          days={days}
          onDays={setDays}
          onSymbol={select}
        />
      ) : (
        <MonitorList
          className={styles.monitors}
          symbol={symbol}
          edited={undefined}
          onSymbol={select}
          onEdit={editor.edit}
          onNew={() => editor.create(symbol ?? "")}
        />
      )}
    </div>
  );
}

const NONE: PreviewResult["fires"] = [];
