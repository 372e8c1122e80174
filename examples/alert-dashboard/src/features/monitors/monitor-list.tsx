import { notifications } from "@mantine/notifications";
import { IconBellPlus } from "@tabler/icons-react";
import type { Monitor } from "@tocsin/protocol/alerts";
import { memo } from "react";
import { useMonitorMutations, type useMonitors } from "../../api/queries.js";
import { text } from "../../text.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import styles from "./monitor-list.module.css";
import { MonitorRow } from "./monitor-row.js";

interface MonitorListProps {
  readonly monitors: ReturnType<typeof useMonitors>;
  readonly selected: string | undefined;
  readonly editing: string | undefined;
  readonly onSelect: (symbol: string) => void;
  readonly onEdit: (monitor: Monitor) => void;
  readonly onGone: (id: string) => void;
  readonly className?: string | undefined;
}

export const MonitorList = memo(function MonitorList(props: MonitorListProps) {
  const { monitors, selected, editing, onSelect, onEdit, onGone, className } = props;
  const { change, remove } = useMonitorMutations();
  const list = monitors.data ?? [];
  const off = list.filter((monitor) => !monitor.enabled).length;
  const tellFailure = (title: string) => (error: Error) =>
    notifications.show({ title, message: error.message, color: "red" });

  return (
    <Panel
      title={text.monitors.title}
      className={className}
      aside={list.length > 0 && <span>{text.monitors.count(list.length, off)}</span>}
    >
      {monitors.isPending ? (
        <Loading label={text.monitors.loading} />
      ) : monitors.isError && list.length === 0 ? (
        <Placeholder
          role="alert"
          title={text.monitors.failed}
          hint={monitors.error.message}
          action={{ label: text.monitors.retry, run: () => void monitors.refetch() }}
        />
      ) : list.length === 0 ? (
        <Placeholder
          icon={<IconBellPlus size={22} aria-hidden />}
          title={text.monitors.empty}
          hint={text.monitors.emptyHint}
        />
      ) : (
        <ul className={styles.list} aria-label={text.monitors.title}>
          {list.map((monitor) => (
            <MonitorRow
              key={monitor.id}
              monitor={monitor}
              selected={monitor.symbol === selected}
              editing={monitor.id === editing}
              busy={change.isPending && change.variables.id === monitor.id}
              onSelect={() => onSelect(monitor.symbol)}
              onEdit={() => onEdit(monitor)}
              onToggle={(enabled) =>
                change.mutate(
                  { id: monitor.id, change: { enabled } },
                  { onError: tellFailure(text.monitors.changeFailed) },
                )
              }
              onRemove={() =>
                remove.mutate(monitor.id, {
                  onSuccess: () => onGone(monitor.id),
                  onError: tellFailure(text.monitors.removeFailed),
                })
              }
            />
          ))}
        </ul>
      )}
    </Panel>
  );
});
