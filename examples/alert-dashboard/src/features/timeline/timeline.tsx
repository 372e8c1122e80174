import { Button } from "@mantine/core";
import { IconAlertTriangle, IconBell } from "@tabler/icons-react";
import { memo, type ReactNode } from "react";
import { formatClock } from "../../format.js";
import { text } from "../../text.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import { AlertRow } from "./alert-row.js";
import { suppressedIn } from "./merge.js";
import styles from "./timeline.module.css";
import type { Timeline } from "./use-timeline.js";

interface TimelineProps {
  readonly timeline: Timeline;
  readonly onSelect: (symbol: string) => void;
  readonly className?: string | undefined;
}

/** The reader's inbox, newest first. */
export const TimelinePanel = memo(function TimelinePanel({
  timeline,
  onSelect,
  className,
}: TimelineProps) {
  const { alerts, entries, history, freshIds } = timeline;
  const suppressed = suppressedIn(alerts);
  return (
    <Panel
      title={text.timeline.title}
      className={`${styles.panel} ${className ?? ""}`}
      aside={
        alerts.length > 0 && (
          <>
            {suppressed > 0 && <span>{text.timeline.suppressedAll(suppressed)}</span>}
            <span>{text.timeline.shown(alerts.length)}</span>
          </>
        )
      }
    >
      {entries.length > 0 ? (
        <>
          <ol className={styles.list} aria-label={text.timeline.title}>
            {entries.map((entry) =>
              entry.type === "alert" ? (
                <AlertRow
                  key={entry.alert.id}
                  alert={entry.alert}
                  fresh={freshIds.has(entry.alert.id)}
                  onSelect={onSelect}
                />
              ) : (
                <li key={entry.gap.id} className={styles.gap}>
                  <IconAlertTriangle size={14} aria-hidden />
                  <span>{text.timeline.gap(entry.gap.missed)}</span>
                  <time>{formatClock(entry.gap.at)}</time>
                </li>
              ),
            )}
          </ol>
          <Footer history={history} />
        </>
      ) : (
        <Nothing history={history} />
      )}
    </Panel>
  );
});

function Footer({ history }: { readonly history: Timeline["history"] }): ReactNode {
  if (history.isError) {
    return (
      <p className={styles.footer} role="alert">
        {text.timeline.failed}
        <Button size="compact-xs" variant="default" onClick={() => void history.refetch()}>
          {text.timeline.retry}
        </Button>
      </p>
    );
  }
  if (!history.hasNextPage) return <p className={styles.footer}>{text.timeline.noOlder}</p>;
  return (
    <p className={styles.footer}>
      <Button
        size="compact-xs"
        variant="default"
        loading={history.isFetchingNextPage}
        onClick={() => void history.fetchNextPage()}
      >
        {text.timeline.older}
      </Button>
    </p>
  );
}

function Nothing({ history }: { readonly history: Timeline["history"] }): ReactNode {
  if (history.isPending) return <Loading label={text.timeline.loading} />;
  if (history.isError) {
    return (
      <Placeholder
        role="alert"
        title={text.timeline.failed}
        hint={history.error.message}
        action={{ label: text.timeline.retry, run: () => void history.refetch() }}
      />
    );
  }
  return (
    <Placeholder
      icon={<IconBell size={22} aria-hidden />}
      title={text.timeline.empty}
      hint={text.timeline.emptyHint}
    />
  );
}
