import type { AlertNotification } from "@tocsin/protocol/alerts";
import { memo } from "react";
import { formatMarketTime, formatPrice } from "../../format.js";
import { text } from "../../text.js";
import { Tag } from "../../ui/tag.js";
import styles from "./timeline.module.css";

const TONE_OF = {
  "entry-range": "accent",
  "take-profit": "up",
  "stop-loss": "down",
} as const satisfies Record<AlertNotification["reason"], string>;

interface AlertRowProps {
  readonly alert: AlertNotification;
  /** Arrived while the page was open. */
  readonly fresh: boolean;
  readonly onSelect: (symbol: string) => void;
}

/** One alert: what was reached, when in market time, and how often it would have come again. */
export const AlertRow = memo(function AlertRow({ alert, fresh, onSelect }: AlertRowProps) {
  const { id, symbol, reason, price, firedAt, title, body, suppressedCount } = alert;
  return (
    <li className={styles.alert} data-alert-id={id} data-fresh={fresh || undefined}>
      <span className={styles.kind}>
        <Tag tone={TONE_OF[reason]}>{text.kinds[reason]}</Tag>
      </span>
      <button type="button" className={styles.title} title={body} onClick={() => onSelect(symbol)}>
        {title}
      </button>
      <span className={styles.price}>{formatPrice(price)}</span>
      <time className={styles.time} dateTime={new Date(firedAt).toISOString()}>
        {formatMarketTime(firedAt)}
      </time>
      <span className={styles.body}>{body}</span>
      <span className={styles.suppressed}>
        {suppressedCount > 0 && text.timeline.suppressed(suppressedCount)}
      </span>
    </li>
  );
});
