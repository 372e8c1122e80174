import { IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import styles from "./connection.module.css";
import { isAway } from "./indicate.js";
import type { IndicationView } from "./use-indication.js";

/** Above everything while what is below may be old: a small dot is easily overlooked. */
export function AwayBar({ indication, liveUntil }: IndicationView) {
  const { t } = useTranslation("connection");
  const { clock } = useFormats();
  if (!isAway(indication) || liveUntil === undefined) return null;
  return (
    <p className={styles.away} data-testid="away">
      <IconPlugConnectedX size={15} aria-hidden />
      {t("offlineBar", { time: clock(liveUntil) })}
    </p>
  );
}
