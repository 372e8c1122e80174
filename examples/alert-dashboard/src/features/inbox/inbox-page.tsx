import { Button, Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconListCheck } from "@tabler/icons-react";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../shell/keys.js";
import { goTo, useRoute } from "../../shell/route.js";
import { useSelection } from "../../shell/selection.js";
import { Panel } from "../../ui/panel.js";
import { Placeholder } from "../../ui/placeholder.js";
import { AlertList } from "./alert-list.js";
import { Details } from "./details.js";
import { EVERYTHING, type InboxFilter, isNarrow, isUnread } from "./filter.js";
import { Filters } from "./filters.js";
import styles from "./inbox.module.css";
import { useUnread } from "./inbox-context.js";
import { useInbox, useInboxActions } from "./use-inbox.js";

/** The reader's inbox: a list on one side, what is known of one alert on the other. */
export function InboxPage() {
  const { t } = useTranslation("inbox");
  const app = useTranslation("app").t;
  const { detail } = useRoute();
  const { select } = useSelection();
  const [filter, setFilter] = useState<InboxFilter>(EVERYTHING);
  const inbox = useInbox(filter, detail);
  const { alerts } = inbox;
  const { act, readAll } = useInboxActions();
  const unread = useUnread() ?? 0;
  const search = useRef<HTMLInputElement>(null);
  const wide = useMediaQuery("(min-width: 1000px)", true);
  const opened = alerts.find(({ id }) => id === detail);

  const open = useCallback(
    (alert: AlertNotification) => {
      if (isUnread(alert)) act(alert, { do: "read" });
      goTo("inbox", alert.id);
    },
    [act],
  );
  const close = useCallback(() => goTo("inbox"), []);
  const onChart = useCallback(
    (symbol: string) => {
      select(symbol);
      goTo("desk");
    },
    [select],
  );

  const step = (by: number) => {
    const at = alerts.findIndex(({ id }) => id === detail);
    const next = alerts[at < 0 ? 0 : Math.min(Math.max(at + by, 0), alerts.length - 1)];
    if (next) open(next);
  };
  const toggle = (is: boolean | undefined, on: "read" | "archive", off: "unread" | "unarchive") => {
    if (opened && is !== undefined) act(opened, { do: is ? off : on });
  };
  useShortcuts({
    "/": () => search.current?.focus(),
    j: () => step(1),
    k: () => step(-1),
    r: () => toggle(opened && opened.readAt !== null, "read", "unread"),
    a: () => opened && act(opened, { do: "acknowledge" }),
    e: () => toggle(opened && opened.archivedAt !== null, "archive", "unarchive"),
  });

  const symbols = useMemo(
    () => [...new Set(alerts.flatMap(({ symbol }) => symbol ?? []))].sort(),
    [alerts],
  );
  const newest = alerts[0]?.seq;
  const details = opened && <Details alert={opened} act={act} onChart={onChart} />;
  return (
    <div className={styles.page}>
      <Panel
        className={styles.panel}
        title={t("title")}
        aside={
          <>
            <span data-testid="unread">{t("unread", { count: unread })}</span>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconListCheck size={14} aria-hidden />}
              disabled={unread === 0 || newest === undefined}
              onClick={() => newest !== undefined && readAll(newest)}
            >
              {t("actions.readAll")}
            </Button>
          </>
        }
      >
        <div className={styles.content}>
          <Filters filter={filter} onChange={setFilter} symbols={symbols} searchRef={search} />
          <AlertList
            inbox={inbox}
            narrow={isNarrow(filter) || filter.view !== "all"}
            selected={detail}
            onOpen={open}
          />
        </div>
      </Panel>
      {wide ? (
        <Panel className={styles.pane} title={t("details.title")}>
          {details ?? <Placeholder title={t("select")} />}
        </Panel>
      ) : (
        <Drawer
          opened={opened !== undefined}
          onClose={close}
          position="right"
          title={t("details.title")}
          closeButtonProps={{ "aria-label": app("close") }}
        >
          {details}
        </Drawer>
      )}
    </div>
  );
}
