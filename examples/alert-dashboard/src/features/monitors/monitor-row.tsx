import { ActionIcon, Button, Popover, Switch } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import type { AlertRule, Monitor } from "@tocsin/protocol/alerts";
import { useState } from "react";
import { formatPrice, formatSpan } from "../../format.js";
import { text } from "../../text.js";
import { Tag } from "../../ui/tag.js";
import styles from "./monitor-list.module.css";

interface MonitorRowProps {
  readonly monitor: Monitor;
  readonly selected: boolean;
  readonly editing: boolean;
  readonly busy: boolean;
  readonly onSelect: () => void;
  readonly onEdit: () => void;
  readonly onToggle: (enabled: boolean) => void;
  readonly onRemove: () => void;
}

export function MonitorRow(props: MonitorRowProps) {
  const { monitor, selected, editing, busy, onSelect, onEdit, onToggle, onRemove } = props;
  const { symbol, rules, cooldownMs, note, enabled } = monitor;
  const side = rules.find((rule) => rule.kind !== "entry-range")?.side;
  return (
    <li
      className={styles.row}
      data-selected={selected || undefined}
      data-editing={editing || undefined}
      data-off={!enabled || undefined}
    >
      <Switch
        checked={enabled}
        aria-busy={busy}
        aria-label={text.monitors.enable(symbol)}
        onChange={(event) => onToggle(event.currentTarget.checked)}
      />
      <button type="button" className={styles.symbol} onClick={onSelect}>
        {symbol}
      </button>
      <span className={styles.side}>{side && text.form[side]}</span>
      <span className={styles.rules}>
        {rules.map((rule) => (
          <Tag key={rule.kind} tone={TONE_OF[rule.kind]}>
            {describe(rule)}
          </Tag>
        ))}
        {note && (
          <span className={styles.note} title={note}>
            {note}
          </span>
        )}
      </span>
      <span className={styles.cooldown} title={text.monitors.cooldown}>
        {formatSpan(cooldownMs)}
      </span>
      <span className={styles.actions}>
        <ActionIcon aria-label={text.monitors.edit(symbol)} onClick={onEdit}>
          <IconPencil size={14} aria-hidden />
        </ActionIcon>
        <RemoveButton symbol={symbol} onRemove={onRemove} />
      </span>
    </li>
  );
}

const TONE_OF = {
  "entry-range": "accent",
  "take-profit": "up",
  "stop-loss": "down",
} as const satisfies Record<AlertRule["kind"], string>;

function describe(rule: AlertRule): string {
  const name = text.shortKinds[rule.kind];
  return rule.kind === "entry-range"
    ? `${name} ${formatPrice(rule.low)} – ${formatPrice(rule.high)}`
    : `${name} ${formatPrice(rule.price)}`;
}

/** Asks first: a deleted monitor does not come back. */
function RemoveButton({ symbol, onRemove }: { symbol: string; onRemove: () => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <Popover opened={asking} onChange={setAsking} position="top-end" withArrow trapFocus>
      <Popover.Target>
        <ActionIcon aria-label={text.monitors.remove(symbol)} onClick={() => setAsking(true)}>
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <p className={styles.question}>{text.monitors.confirm}</p>
        <div className={styles.answers}>
          <Button size="compact-xs" variant="default" onClick={() => setAsking(false)}>
            {text.monitors.confirmNo}
          </Button>
          <Button
            size="compact-xs"
            color="red"
            onClick={() => {
              setAsking(false);
              onRemove();
            }}
          >
            {text.monitors.confirmYes}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
