import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ChainPage } from "../features/chain/chain-page.js";
import { AwayBar } from "../features/connection/away-bar.js";
import { useIndication } from "../features/connection/use-indication.js";
import { Announcer } from "../features/inbox/announcer.js";
import { useUnread } from "../features/inbox/inbox-context.js";
import { InboxPage } from "../features/inbox/inbox-page.js";
import { useTelling } from "../features/inbox/tell/use-telling.js";
import { MonitorsPage } from "../features/monitors/monitors-page.js";
import { NewsPage } from "../features/news/news-page.js";
import { PortfolioPage } from "../features/portfolio/portfolio-page.js";
import { SettingsPage } from "../features/settings/settings-page.js";
import { DeskPage } from "./desk-page.js";
import { Header, useTheme } from "./header.js";
import { useShortcuts } from "./keys.js";
import { PageBoundary } from "./page-boundary.js";
import { goTo, type PageName, useRoute } from "./route.js";
import { useSelection } from "./selection.js";
import styles from "./shell.module.css";
import { PAGE_KEYS, ShortcutsDialog } from "./shortcuts-dialog.js";
import { useUserId } from "./user.js";

/** What is the same on every page, and the page. */
export function Shell() {
  const { t } = useTranslation("app");
  const userId = useUserId();
  const { page } = useRoute();
  const { symbol, select } = useSelection();
  const connection = useIndication();
  const unread = useUnread() ?? 0;
  const role = useTelling(userId);
  const [helping, setHelping] = useState(false);
  const [, toggleTheme] = useTheme();
  const main = useFocusOnPageChange(page);
  const help = useCallback(() => setHelping(true), []);

  useShortcuts({
    "?": help,
    t: toggleTheme,
    ...Object.fromEntries(
      Object.entries(PAGE_KEYS).map(([keys, target]) => [keys, () => goTo(target)]),
    ),
  });

  const pageTitle = t(`pages.${page}`);
  useEffect(() => {
    document.title =
      unread > 0
        ? t("titleUnread", { unread: String(unread), page: pageTitle })
        : t("title", { page: pageTitle });
  }, [t, unread, pageTitle]);

  const pages: Record<PageName, () => ReactNode> = {
    desk: () => <DeskPage />,
    inbox: () => <InboxPage />,
    monitors: () => <MonitorsPage symbol={symbol} onSymbol={select} />,
    options: () => <ChainPage />,
    portfolio: () => <PortfolioPage />,
    news: () => <NewsPage />,
    settings: () => <SettingsPage role={role} />,
  };
  return (
    <div className={styles.shell}>
      {/* A button and no link: the fragment of the address names the page. */}
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        {t("skip")}
      </button>
      <Header connection={connection} unread={unread} onHelp={help} />
      <AwayBar {...connection} />
      <main ref={main} id="main" tabIndex={-1} className={styles.main} data-page={page}>
        <h1 className={styles.hidden}>{pageTitle}</h1>
        <PageBoundary key={page}>{pages[page]()}</PageBoundary>
      </main>
      <Announcer />
      <ShortcutsDialog opened={helping} onClose={() => setHelping(false)} />
    </div>
  );
}

/** A new page is read from its beginning; the first one is where the browser begins by itself. */
function useFocusOnPageChange(page: PageName) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    main.current?.focus();
  }, [page]);
  return main;
}
