import { Button, SegmentedControl } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerPlayFilled, IconPlayerStopFilled } from "@tabler/icons-react";
import type { ServiceStatus } from "@tocsin-example/alert-contract";
import { useState } from "react";
import { formatMarketClock } from "../../format.js";
import type { MarketClient } from "../../live/client.js";
import { text } from "../../text.js";
import styles from "./header.module.css";
import { speedChoices } from "./speeds.js";

interface ServiceControlsProps {
  readonly client: MarketClient;
  readonly status: ServiceStatus | undefined;
  readonly connected: boolean;
}

/** Market time, and what makes it pass. Nothing here can be pressed while the server would not hear it. */
export function ServiceControls({ client, status, connected }: ServiceControlsProps) {
  const [busy, setBusy] = useState(false);

  async function ask(call: () => Promise<unknown>) {
    setBusy(true);
    try {
      await call();
    } catch (error) {
      const message = error instanceof Error ? error.message : "";
      notifications.show({ title: text.service.failed, message, color: "red" });
    } finally {
      setBusy(false);
    }
  }

  const running = status?.running ?? false;
  const disabled = !connected || !status || busy;
  const choices = speedChoices(status?.speed);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row in every browser
    <div className={styles.service} role="group" aria-label={text.service.label}>
      <MarketTime status={status} connected={connected} />
      <SegmentedControl
        aria-label={text.service.speed}
        data={choices}
        disabled={disabled}
        value={String(status?.speed ?? "")}
        onChange={(speed) => void ask(() => client.call("setSpeed", { speed: Number(speed) }))}
      />
      <Button
        variant={running ? "default" : "filled"}
        disabled={disabled || status.ended}
        aria-label={running ? text.service.stopLabel : text.service.startLabel}
        leftSection={
          running ? (
            <IconPlayerStopFilled size={12} aria-hidden />
          ) : (
            <IconPlayerPlayFilled size={12} aria-hidden />
          )
        }
        onClick={() => void ask(() => client.call("setRunning", { running: !running }))}
      >
        {running ? text.service.stop : text.service.start}
      </Button>
    </div>
  );
}

function MarketTime({ status, connected }: Pick<ServiceControlsProps, "status" | "connected">) {
  const words = text.service;
  const state = !status
    ? undefined
    : !connected
      ? words.lastKnown
      : status.ended
        ? words.ended
        : status.running
          ? words.running
          : words.stopped;
  return (
    <div className={styles.time} data-stale={!connected || undefined}>
      <span className={styles.timeLabel}>
        {words.marketTime}
        {state && ` · ${state}`}
      </span>
      <time data-testid="market-time">
        {status?.marketTime == null ? words.notYet : formatMarketClock(status.marketTime)}
      </time>
    </div>
  );
}
