import { Anchor } from "@mantine/core";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { goTo, hrefOf } from "../../shell/route.js";
import { Panel } from "../../ui/panel.js";
import { AlertList } from "./alert-list.js";
import { EVERYTHING } from "./filter.js";
import styles from "./inbox.module.css";
import { useInbox } from "./use-inbox.js";

/** The newest alerts, beside the prices. */
export function LatestPanel({ className }: { readonly className?: string | undefined }) {
  const { t } = useTranslation("inbox");
  const inbox = useInbox(EVERYTHING);
  const open = useCallback(({ id }: AlertNotification) => goTo("inbox", id), []);
  const count = inbox.alerts.length;
  return (
    <Panel
      className={`${styles.panel} ${className ?? ""}`}
      title={t("latest")}
      aside={
        <>
          {count > 0 && !inbox.pages.hasNextPage && <span>{t("shown", { count })}</span>}
          <Anchor href={hrefOf("inbox")} fz="inherit">
            {t("openAll")}
          </Anchor>
        </>
      }
    >
      <div className={styles.content}>
        <AlertList inbox={inbox} narrow={false} onOpen={open} />
      </div>
    </Panel>
  );
}
