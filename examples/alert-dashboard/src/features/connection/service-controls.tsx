import { Button, SegmentedControl } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerPlayFilled, IconPlayerStopFilled } from "@tabler/icons-react";
import type { ServiceStatus } from "@tocsin-example/alert-contract";
import { memo, useState } from "react";
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
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row in every browser
    <div className={styles.service} role="group" aria-label={text.service.label}>
      <MarketTime status={status} connected={connected} />
      <Controls
        client={client}
        usable={connected && status !== undefined}
        running={status?.running ?? false}
        ended={status?.ended ?? false}
        speed={status?.speed}
      />
    </div>
  );
}

interface ControlsProps {
  readonly client: MarketClient;
  readonly usable: boolean;
  readonly running: boolean;
  readonly ended: boolean;
  readonly speed: number | undefined;
}

/** Apart from market time, which changes several times a second. */
const Controls = memo(function Controls({ client, usable, running, ended, speed }: ControlsProps) {
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

  const disabled = !usable || busy;
  const Icon = running ? IconPlayerStopFilled : IconPlayerPlayFilled;
  return (
    <>
      <SegmentedControl
        aria-label={text.service.speed}
        data={speedChoices(speed)}
        disabled={disabled}
        value={String(speed ?? "")}
        onChange={(wanted) => void ask(() => client.call("setSpeed", { speed: Number(wanted) }))}
      />
      <Button
        variant={running ? "default" : "filled"}
        disabled={disabled || ended}
        aria-label={running ? text.service.stopLabel : text.service.startLabel}
        leftSection={<Icon size={12} aria-hidden />}
        onClick={() => void ask(() => client.call("setRunning", { running: !running }))}
      >
        {running ? text.service.stop : text.service.start}
      </Button>
    </>
  );
});

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
