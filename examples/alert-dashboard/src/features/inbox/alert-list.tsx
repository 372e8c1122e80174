import { Button } from "@mantine/core";
import { IconBell, IconFilterOff } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import { AlertRow } from "./alert-row.js";
import styles from "./inbox.module.css";
import type { useInbox } from "./use-inbox.js";

/** What a row is high at least; measured when it is shown. */
const ROW_PX = 54;

interface AlertListProps {
  readonly inbox: ReturnType<typeof useInbox>;
  /** Whether a filter narrows it: nothing found is then not nothing there. */
  readonly narrow: boolean;
  readonly selected?: string | undefined;
  readonly onOpen: (alert: AlertNotification) => void;
}

/** Alerts, newest first; only those in sight are in the page, however many there are. */
export function AlertList({ inbox, narrow, selected, onOpen }: AlertListProps) {
  const { alerts, fresh } = inbox;
  const { t } = useTranslation("inbox");
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: alerts.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => alerts[index]?.id ?? index,
    overscan: 8,
  });
  const index = selected === undefined ? -1 : alerts.findIndex(({ id }) => id === selected);
  // Only a move of the selection scrolls; alerts that come in above it do not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (index >= 0) rows.scrollToIndex(index);
  }, [selected]);

  if (alerts.length === 0) return <Nothing inbox={inbox} narrow={narrow} />;
  return (
    <div ref={scroller} className={styles.scroller}>
      <ol className={styles.list} aria-label={t("list")} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index: at, start }) => {
          const alert = alerts[at];
          return (
            alert && (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={at}
                aria-setsize={alerts.length}
                aria-posinset={at + 1}
                className={styles.item}
                style={{ transform: `translateY(${start}px)` }}
              >
                <AlertRow
                  alert={alert}
                  fresh={fresh.has(alert.id)}
                  selected={alert.id === selected}
                  onOpen={onOpen}
                />
              </li>
            )
          );
        })}
      </ol>
      <Footer pages={inbox.pages} />
    </div>
  );
}

type Pages = ReturnType<typeof useInbox>["pages"];

function Footer({ pages }: { readonly pages: Pages }): ReactNode {
  const { t } = useTranslation("inbox");
  const app = useTranslation("app").t;
  if (pages.isError) {
    return (
      <p className={styles.footer} role="alert">
        {t("failed")}
        <Button size="compact-xs" variant="default" onClick={() => void pages.refetch()}>
          {app("retry")}
        </Button>
      </p>
    );
  }
  if (!pages.hasNextPage) return <p className={styles.footer}>{t("noOlder")}</p>;
  return (
    <p className={styles.footer}>
      <Button
        size="compact-xs"
        variant="default"
        loading={pages.isFetchingNextPage}
        onClick={() => void pages.fetchNextPage()}
      >
        {t("older")}
      </Button>
    </p>
  );
}

function Nothing({ inbox: { pages }, narrow }: Pick<AlertListProps, "inbox" | "narrow">) {
  const { t } = useTranslation("inbox");
  const app = useTranslation("app").t;
  if (pages.isPending) return <Loading label={t("loading")} />;
  if (pages.isError) {
    return (
      <Placeholder
        role="alert"
        title={t("failed")}
        hint={pages.error.message}
        action={{ label: app("retry"), run: () => void pages.refetch() }}
      />
    );
  }
  return narrow ? (
    <Placeholder
      icon={<IconFilterOff size={22} aria-hidden />}
      title={t("noMatch")}
      hint={t("noMatchHint")}
    />
  ) : (
    <Placeholder
      icon={<IconBell size={22} aria-hidden />}
      title={t("empty")}
      hint={t("emptyHint")}
    />
  );
}
