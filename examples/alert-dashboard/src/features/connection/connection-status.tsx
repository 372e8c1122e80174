import { Button } from "@mantine/core";
import type { ConnectionState } from "@tocsin/client";
import { secondsUntil } from "../../format.js";
import type { RecoveryView } from "../../live/views.js";
import { text } from "../../text.js";
import { useNow } from "../../ui/use-now.js";
import styles from "./connection-status.module.css";
import { describeConnection, describeRecovery, toneOf } from "./describe.js";

interface ConnectionStatusProps {
  readonly connection: ConnectionState;
  readonly recovery: RecoveryView | undefined;
  readonly onRetry: () => void;
}

/** Whether what stands on the page is live, and what became of the time when it was not. */
export function ConnectionStatus({ connection, recovery, onRetry }: ConnectionStatusProps) {
  const waiting = connection.status === "waiting";
  const now = useNow(250, waiting);
  const seconds = waiting ? secondsUntil(connection.retryAt, now) : 0;
  const detail =
    connection.status === "live"
      ? recovery && describeRecovery(recovery)
      : connection.status === "stopped"
        ? connection.error.message
        : undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups inputs, and this is a group of words
    <div
      className={styles.status}
      role="group"
      aria-label={text.connection.label}
      data-testid="connection"
      data-status={connection.status}
      data-tone={toneOf(connection, recovery)}
      title={connection.status === "waiting" ? connection.error.message : undefined}
    >
      <span className={styles.dot} aria-hidden />
      <span className={styles.label}>{describeConnection(connection, seconds)}</span>
      {detail && <span className={styles.detail}>{detail}</span>}
      {(waiting || connection.status === "stopped") && (
        <Button size="compact-xs" variant="default" onClick={onRetry}>
          {text.connection.retryNow}
        </Button>
      )}
      {/* The countdown itself would be read out every second; only changes of state are. */}
      <span className={styles.announcement} role="status">
        {waiting ? text.connection.offline : describeConnection(connection, 0)}
        {detail && `, ${detail}`}
      </span>
    </div>
  );
}
