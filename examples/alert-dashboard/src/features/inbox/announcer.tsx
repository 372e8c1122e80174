import type { AlertNotification } from "@tocsin/protocol/alerts";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAlertTitle } from "../../i18n/alert-text.js";
import styles from "./inbox.module.css";
import { useInboxHandle } from "./inbox-context.js";

/** A screen reader is told at most once in so long; several alerts are told by their number. */
const EVERY_MS = 2_000;

/** Reads alerts out. Prices are not: nobody could listen to them. */
export function Announcer() {
  const { t } = useTranslation("app");
  const { onNew } = useInboxHandle();
  const titleOf = useAlertTitle();
  const [said, setSaid] = useState("");
  const waiting = useRef<AlertNotification[]>([]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = () => {
      timer = undefined;
      const burst = waiting.current;
      waiting.current = [];
      const [first] = burst;
      if (!first) return;
      const one = burst.length === 1;
      setSaid(
        one ? t("announce", { title: titleOf(first) }) : t("arrived", { count: burst.length }),
      );
    };
    const leave = onNew((alert) => {
      waiting.current.push(alert);
      timer ??= setTimeout(say, EVERY_MS);
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [onNew, t, titleOf]);
  return (
    <div className={styles.hidden} role="status" data-testid="announcer">
      {said}
    </div>
  );
}
