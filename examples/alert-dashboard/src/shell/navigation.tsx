import {
  IconBriefcase,
  IconChartCandle,
  IconGrain,
  IconInbox,
  IconNews,
  IconSettings,
  IconTargetArrow,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { hrefOf, PAGES, type PageName, useRoute } from "./route.js";
import styles from "./shell.module.css";

const ICON_OF = {
  desk: IconChartCandle,
  inbox: IconInbox,
  monitors: IconTargetArrow,
  options: IconGrain,
  portfolio: IconBriefcase,
  news: IconNews,
  settings: IconSettings,
} as const satisfies Record<PageName, typeof IconInbox>;

const MOST_SHOWN = 99;

/** The pages; a bar at the bottom on a phone, where thumbs are. */
export function Navigation({ unread }: { readonly unread: number }) {
  const { t } = useTranslation("app");
  const { page } = useRoute();
  return (
    <nav className={styles.navigation} aria-label={t("nav")}>
      {PAGES.map((name) => {
        const Icon = ICON_OF[name];
        const counted = name === "inbox" && unread > 0;
        return (
          <a
            key={name}
            href={hrefOf(name)}
            className={styles.link}
            aria-current={name === page ? "page" : undefined}
          >
            <Icon size={17} aria-hidden />
            <span className={styles.linkText}>{t(`pages.${name}`)}</span>
            {counted && (
              <span className={styles.badge} data-testid="unread-badge">
                <span aria-hidden>{unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}</span>
                <span className={styles.hidden}>{t("unread", { count: unread })}</span>
              </span>
            )}
          </a>
        );
      })}
    </nav>
  );
}
