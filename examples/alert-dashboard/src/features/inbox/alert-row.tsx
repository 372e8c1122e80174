import type { AlertNotification } from "@tocsin/protocol/alerts";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { alertDetail, alertTitle } from "../../i18n/alert-text.js";
import { useFormats } from "../../i18n/use-formats.js";
import { Tag } from "../../ui/tag.js";
import { isUnread } from "./filter.js";
import styles from "./inbox.module.css";
import { StateText } from "./state-text.js";
import { TONE_OF } from "./tones.js";

interface AlertRowProps {
  readonly alert: AlertNotification;
  /** Arrived while the page was open. */
  readonly fresh: boolean;
  readonly selected?: boolean;
  readonly onOpen: (alert: AlertNotification) => void;
}

/** One alert: what happened, when in market time, whether it lasts, and how often it would have come again. */
export const AlertRow = memo(function AlertRow({ alert, fresh, selected, onOpen }: AlertRowProps) {
  const { t } = useTranslation("inbox");
  const words = useTranslation("alerts").t;
  const formats = useFormats();
  const { id, severity, firedAt, suppressedCount, covers } = alert;
  const unread = isUnread(alert);
  return (
    <button
      type="button"
      className={styles.alert}
      data-alert-id={id}
      data-severity={severity}
      data-fresh={fresh || undefined}
      data-unread={unread || undefined}
      aria-current={selected || undefined}
      onClick={() => onOpen(alert)}
    >
      <span className={styles.dot} aria-hidden />
      <span className={styles.line}>
        <span className={styles.title}>{alertTitle(alert, words, formats)}</span>
        {unread && <span className={styles.hidden}>{t("unreadMark")}</span>}
        <time className={styles.time} dateTime={new Date(firedAt).toISOString()}>
          {formats.marketTime(firedAt)}
        </time>
      </span>
      <span className={styles.line}>
        <span className={styles.tags}>
          <Tag tone={TONE_OF[severity]}>{words(`severities.${severity}`)}</Tag>
          <StateText alert={alert} />
          {alert.acknowledgedAt !== null && <Tag tone="up">{t("acknowledged")}</Tag>}
          {alert.snoozedUntil !== null && (
            <Tag tone="quiet">{t("snoozedUntil", { time: formats.clock(alert.snoozedUntil) })}</Tag>
          )}
          {covers > 0 && <Tag tone="quiet">{t("covers", { count: covers })}</Tag>}
        </span>
        <span className={styles.detail}>
          {suppressedCount > 0
            ? t("suppressed", { count: suppressedCount })
            : alertDetail(alert, words, formats)}
        </span>
      </span>
    </button>
  );
});
