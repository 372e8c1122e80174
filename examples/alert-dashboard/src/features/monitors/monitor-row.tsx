import { ActionIcon, Button, Menu, Popover, Switch } from "@mantine/core";
import { IconBellOff, IconPencil, IconTrash } from "@tabler/icons-react";
import type { MonitorView } from "@tocsin-example/alert-contract/rest";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMonitorMutations } from "../../api/queries.js";
import { ruleText } from "../../i18n/alert-text.js";
import { useFormats } from "../../i18n/use-formats.js";
import { useTell } from "../../live/use-tell.js";
import { Tag } from "../../ui/tag.js";
import styles from "./monitors.module.css";
import { type Phase, phaseOf, snoozedUntil } from "./phase.js";

const TONE = {
  off: "quiet",
  inactive: "quiet",
  pending: "warn",
  firing: "down",
  "no-data": "warn",
  snoozed: "quiet",
  spent: "quiet",
} as const satisfies Record<Phase, string>;

const HOUR = 3_600_000;
/** How long one may keep a monitor quiet, in market time. */
const SNOOZES = [HOUR, 8 * HOUR, 24 * HOUR, 7 * 24 * HOUR] as const;

interface MonitorRowProps {
  readonly monitor: MonitorView;
  readonly marketTime: number | null;
  readonly selected: boolean;
  readonly edited: boolean;
  readonly onSymbol: (symbol: string) => void;
  readonly onEdit: (monitor: MonitorView) => void;
}

/** One monitor: what it watches for, where its rules stand, and what can be done with it. */
export const MonitorRow = memo(function MonitorRow(props: MonitorRowProps) {
  const { monitor, marketTime, selected, edited, onSymbol, onEdit } = props;
  const { symbol, note, enabled, rules, cooldownMs, tags } = monitor;
  const { t } = useTranslation("monitors");
  const { t: words } = useTranslation("alerts");
  const formats = useFormats();
  const { change } = useMonitorMutations();
  const tell = useTell();
  const failed = (error: Error) => tell.failed(t("changeFailed"), error);
  return (
    <li
      className={styles.row}
      data-selected={selected || undefined}
      data-edited={edited || undefined}
    >
      <div className={styles.rowHead}>
        <button type="button" className={styles.rowSymbol} onClick={() => onSymbol(symbol)}>
          {symbol}
        </button>
        <span className={styles.rowNote} title={note}>
          {note}
        </span>
        <Switch
          aria-label={t("enable", { symbol })}
          checked={enabled}
          onChange={(event) =>
            change.mutate(
              { id: monitor.id, change: { enabled: event.currentTarget.checked } },
              { onError: failed },
            )
          }
        />
        <SnoozeMenu monitor={monitor} marketTime={marketTime} onFailed={failed} />
        <ActionIcon aria-label={t("edit", { symbol })} onClick={() => onEdit(monitor)}>
          <IconPencil size={14} aria-hidden />
        </ActionIcon>
        <RemoveButton monitor={monitor} />
      </div>
      <ul className={styles.rules} aria-label={symbol}>
        {rules.map((rule) => {
          const phase = phaseOf(monitor, rule.id, marketTime);
          return (
            <li key={rule.id} data-severity={rule.severity}>
              <span>{ruleText(rule, words, formats)}</span>
              <Tag tone={TONE[phase]} title={t(`phaseHints.${phase}`)}>
                {t(`phases.${phase}`)}
              </Tag>
            </li>
          );
        })}
      </ul>
      <p className={styles.small}>
        {t("repeats", { span: formats.span(cooldownMs) })}
        {tags.map((tag) => (
          <Tag key={tag} tone="quiet">
            {tag}
          </Tag>
        ))}
      </p>
    </li>
  );
});

interface SnoozeMenuProps {
  readonly monitor: MonitorView;
  readonly marketTime: number | null;
  readonly onFailed: (error: Error) => void;
}

/** Keeps a monitor quiet for some time, or ends that. */
function SnoozeMenu({ monitor, marketTime, onFailed }: SnoozeMenuProps) {
  const { t } = useTranslation("monitors");
  const formats = useFormats();
  const { snooze } = useMonitorMutations();
  const until = snoozedUntil(monitor, marketTime);
  const quiet = (forMs: number) => snooze.mutate({ id: monitor.id, forMs }, { onError: onFailed });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          aria-label={t("snooze", { symbol: monitor.symbol })}
          data-snoozed={until !== undefined || undefined}
          color={until === undefined ? "gray" : "yellow"}
        >
          <IconBellOff size={14} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {until !== undefined && (
          <>
            <Menu.Label>{t("snoozedUntil", { time: formats.marketTime(until) })}</Menu.Label>
            <Menu.Item onClick={() => quiet(0)}>{t("snoozeEnd")}</Menu.Item>
          </>
        )}
        {SNOOZES.map((span) => (
          <Menu.Item key={span} onClick={() => quiet(span)}>
            {t("snoozeFor", { span: formats.span(span) })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Deletes after a question. */
function RemoveButton({ monitor }: { readonly monitor: MonitorView }) {
  const { t } = useTranslation("monitors");
  const { remove } = useMonitorMutations();
  const tell = useTell();
  const [asking, setAsking] = useState(false);
  const { symbol } = monitor;
  return (
    <Popover opened={asking} onChange={setAsking} position="bottom-end" trapFocus withArrow>
      <Popover.Target>
        <ActionIcon aria-label={t("remove", { symbol })} onClick={() => setAsking(true)}>
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <p className={styles.ask}>{t("removeAsk")}</p>
        <div className={styles.askButtons}>
          <Button
            color="red"
            loading={remove.isPending}
            onClick={() =>
              remove.mutate(monitor.id, {
                onError: (error) => tell.failed(t("removeFailed"), error),
              })
            }
          >
            {t("removeYes")}
          </Button>
          <Button variant="default" onClick={() => setAsking(false)}>
            {t("removeNo")}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
