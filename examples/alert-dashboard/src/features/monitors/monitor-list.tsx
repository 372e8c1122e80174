import { Button, SegmentedControl } from "@mantine/core";
import { IconBell, IconPlus } from "@tabler/icons-react";
import type { MonitorView } from "@tocsin-example/alert-contract/rest";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMonitors } from "../../api/queries.js";
import { useServicePart } from "../../live/use-service-part.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import { MonitorRow } from "./monitor-row.js";
import styles from "./monitors.module.css";
import { TransferMenu } from "./transfer-menu.js";

interface MonitorListProps {
  readonly symbol: string | undefined;
  /** Shows only those of a strategy. */
  readonly strategyId?: string | undefined;
  /** Begins with all symbols rather than with the selected one. */
  readonly startWithAll?: boolean;
  readonly edited: string | undefined;
  readonly onSymbol: (symbol: string) => void;
  readonly onEdit: (monitor: MonitorView) => void;
  readonly onNew: () => void;
  readonly className?: string | undefined;
}

/** The monitors of the selected symbol, or all. */
export function MonitorList(props: MonitorListProps) {
  const { symbol, strategyId, startWithAll = false, edited, onSymbol, onEdit, onNew } = props;
  const { t } = useTranslation("monitors");
  const monitors = useMonitors();
  // Snoozes end by market time, which moves all the while; the list is drawn anew when one of them has ended.
  const ends = (monitors.data ?? []).flatMap(({ states }) =>
    states.flatMap(({ snoozedUntil }) => snoozedUntil ?? []),
  );
  const wokenUpTo = useServicePart(({ marketTime }) =>
    Math.max(0, ...ends.filter((end) => marketTime !== null && end <= marketTime)),
  );
  const [all, setAll] = useState(startWithAll);
  const mine = (monitors.data ?? []).filter(
    (each) => strategyId === undefined || each.strategyId === strategyId,
  );
  const shown = all || symbol === undefined ? mine : mine.filter((each) => each.symbol === symbol);
  const on = shown.filter(({ enabled }) => enabled).length;

  let content: ReactNode;
  if (monitors.isPending) content = <Loading label={t("loading")} />;
  else if (monitors.isError && monitors.data === undefined) {
    content = (
      <Placeholder
        role="alert"
        title={t("failed")}
        hint={monitors.error.message}
        action={{ label: t("retry"), run: () => void monitors.refetch() }}
      />
    );
  } else if (shown.length === 0) {
    content = (
      <Placeholder
        icon={<IconBell size={22} aria-hidden />}
        title={all || symbol === undefined ? t("empty") : t("emptyHere", { symbol })}
        hint={t("emptyHint")}
        action={{ label: t("new"), run: onNew }}
      />
    );
  } else {
    content = (
      <ul className={styles.list} aria-label={t("title")}>
        {shown.map((monitor) => (
          <MonitorRow
            key={monitor.id}
            monitor={monitor}
            marketTime={wokenUpTo ?? null}
            selected={monitor.symbol === symbol}
            edited={monitor.id === edited}
            onSymbol={onSymbol}
            onEdit={onEdit}
          />
        ))}
      </ul>
    );
  }

  return (
    <Panel
      title={t("title")}
      className={props.className}
      aside={
        <>
          {shown.length > 0 && <span>{t("onCount", { on, off: shown.length - on })}</span>}
          <TransferMenu />
        </>
      }
    >
      <div className={styles.listBar}>
        <SegmentedControl
          aria-label={t("showOf")}
          value={all || symbol === undefined ? "all" : "one"}
          onChange={(value) => setAll(value === "all")}
          data={[
            ...(symbol === undefined ? [] : [{ value: "one", label: t("thisSymbol", { symbol }) }]),
            { value: "all", label: t("allSymbols") },
          ]}
        />
        <Button
          className={styles.newButton ?? ""}
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={onNew}
        >
          {t("new")}
        </Button>
      </div>
      {content}
    </Panel>
  );
}
