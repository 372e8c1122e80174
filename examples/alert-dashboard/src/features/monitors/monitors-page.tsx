import { useState } from "react";
import { MonitorEditor } from "./monitor-editor.js";
import { MonitorList } from "./monitor-list.js";
import styles from "./monitors.module.css";
import { StrategyPanel } from "./strategy-panel.js";
import { useEditor } from "./use-editor.js";
import { usePreview } from "./use-preview.js";

interface MonitorsPageProps {
  readonly symbol: string | undefined;
  readonly onSymbol: (symbol: string) => void;
}

/** All monitors, by strategy if one likes, and their editor. */
export function MonitorsPage({ symbol, onSymbol }: MonitorsPageProps) {
  const editor = useEditor();
  const [days, setDays] = useState(30);
  const [strategyId, setStrategyId] = useState<string>();
  const preview = usePreview(editor.edited?.values, days);
  return (
    <div className={styles.page}>
      <StrategyPanel chosen={strategyId} onChoose={setStrategyId} />
      <MonitorList
        symbol={symbol}
        strategyId={strategyId}
        startWithAll
        edited={editor.edited?.id}
        onSymbol={onSymbol}
        onEdit={editor.edit}
        onNew={() => editor.create(symbol ?? "")}
      />
      {editor.edited && (
        <MonitorEditor
          editor={editor}
          preview={preview}
          days={days}
          onDays={setDays}
          onSymbol={onSymbol}
        />
      )}
    </div>
  );
}
