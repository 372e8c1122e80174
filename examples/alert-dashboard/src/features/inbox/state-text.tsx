import type { AlertNotification } from "@tocsin/protocol/alerts";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { useService } from "../../live/use-service.js";
import styles from "./inbox.module.css";

/** Whether the rule still fires, and how long it did, in market time. */
export function StateText({ alert }: { readonly alert: AlertNotification }) {
  const { t } = useTranslation("alerts");
  if (alert.kind === "summary") return null;
  return (
    <span className={styles.state} data-state={alert.state}>
      {t(`states.${alert.state}`)}{" "}
      {alert.state === "firing" ? <FiringFor alert={alert} /> : <Lasted alert={alert} />}
    </span>
  );
}

function FiringFor({ alert }: { readonly alert: AlertNotification }) {
  const { t } = useTranslation("inbox");
  const { duration } = useFormats();
  const { status } = useService();
  if (status?.marketTime == null || status.marketTime <= alert.firedAt) return null;
  return t("firingFor", { duration: duration(status.marketTime - alert.firedAt) });
}

function Lasted({ alert: { firedAt, resolvedAt } }: { readonly alert: AlertNotification }) {
  const { t } = useTranslation("inbox");
  const { duration } = useFormats();
  if (resolvedAt === null) return null;
  return t("lasted", { duration: duration(resolvedAt - firedAt) });
}
