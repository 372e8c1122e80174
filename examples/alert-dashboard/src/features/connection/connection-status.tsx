import { Button, Popover } from "@mantine/core";
import { useTocsinClient } from "@tocsin/client/react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { useNow } from "../../ui/use-now.js";
import styles from "./connection.module.css";
import { type Indication, isAway, toneOf } from "./indicate.js";
import type { IndicationView } from "./use-indication.js";
import { useWords } from "./use-words.js";

/** Whether what stands on the page is live, what that means, and what to do. */
export function ConnectionStatus({ indication, understood }: IndicationView) {
  const { t } = useTranslation("connection");
  const client = useTocsinClient();
  const { name, detail, meaning, todo } = useWords(indication);
  const { state } = indication;
  return (
    <div className={styles.box}>
      <Popover position="bottom-start" width={320} withArrow trapFocus>
        <Popover.Target>
          <button
            type="button"
            className={styles.status}
            aria-label={`${t("label")}: ${name}${detail ? `, ${detail}` : ""}`}
            data-testid="connection"
            data-state={state}
            data-tone={toneOf(indication)}
          >
            <span className={styles.dot} aria-hidden />
            <span className={styles.label}>{name}</span>
            {detail && <span className={styles.detail}>{detail}</span>}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <p className={styles.meaning}>{meaning}</p>
          <p className={styles.todo}>
            <strong>{t("whatNow")}</strong> {todo}
          </p>
          <Countdown indication={indication} />
          {isAway(indication) && (
            // A failure shows as the connection's state; there is nobody else to tell.
            <Button fullWidth onClick={() => void client.connect().catch(() => {})}>
              {t("retryNow")}
            </Button>
          )}
          {state === "gap" && (
            <Button fullWidth variant="default" onClick={understood}>
              {t("seen")}
            </Button>
          )}
        </Popover.Dropdown>
      </Popover>
      {/* Changes of state are read out, the countdown is not: it would be every second. */}
      <span className={styles.hidden} role="status">
        {`${name}${detail ? `, ${detail}` : ""}`}
      </span>
    </div>
  );
}

function Countdown({ indication }: { readonly indication: Indication }) {
  const { t } = useTranslation("connection");
  const { span } = useFormats();
  const waiting = indication.state === "waiting";
  const now = useNow(500, waiting);
  if (!waiting) return null;
  const seconds = Math.max(0, Math.ceil((indication.retryAt - now) / 1_000));
  return (
    <p className={styles.todo}>
      {t("retryIn", { span: span(seconds * 1_000 || 1), attempt: indication.attempt })}
    </p>
  );
}
