import { ActionIcon, NativeSelect, Slider, Tooltip } from "@mantine/core";
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
} from "@tabler/icons-react";
import { useTocsinClient } from "@tocsin/client/react";
import type { ServiceStatus } from "@tocsin-example/alert-contract";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { useService } from "../../live/use-service.js";
import { useTell } from "../../live/use-tell.js";
import styles from "./replay.module.css";
import { positionOf, replayState, speedChoices } from "./replay-state.js";

/** Starts and stops the market, sets its speed, and goes to another time of a replay. */
export function ReplayBar() {
  const { t } = useTranslation("replay");
  const formats = useFormats();
  const client = useTocsinClient();
  const tell = useTell();
  const view = useService();
  const { status } = view;
  const [busy, setBusy] = useState(false);
  const state = replayState(view);
  const reachable = state !== "loading" && state !== "unknown";
  const steerable = reachable && !busy;
  const range = status?.range ?? null;

  async function ask(work: () => Promise<ServiceStatus>) {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      tell.failed(t("failed"), error);
    } finally {
      setBusy(false);
    }
  }
  const run = (running: boolean) => ask(() => client.call("setRunning", { running }));
  const seek = (position: number) => ask(() => client.call("seek", { position }));
  const again = () =>
    range &&
    ask(async () => {
      await client.call("seek", { position: range.from });
      return client.call("setRunning", { running: true });
    });

  return (
    <section className={styles.bar} aria-label={t("title")} data-state={state}>
      {state === "ended" && range ? (
        <Tooltip label={t("again")}>
          <ActionIcon
            variant="default"
            aria-label={t("again")}
            disabled={!steerable}
            onClick={again}
          >
            <IconPlayerSkipBack size={14} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ) : (
        <ActionIcon
          variant="default"
          aria-label={t(status?.running ? "pause" : "play")}
          disabled={!steerable}
          onClick={() => void run(!status?.running)}
        >
          {status?.running ? (
            <IconPlayerPauseFilled size={13} aria-hidden />
          ) : (
            <IconPlayerPlayFilled size={13} aria-hidden />
          )}
        </ActionIcon>
      )}
      <Tooltip label={t(`hints.${state}`)}>
        <span className={styles.state} role="status" aria-description={t(`hints.${state}`)}>
          {t(`states.${state}`)}
        </span>
      </Tooltip>
      <time className={styles.time} title={t("marketTime")} data-testid="market-time">
        {typeof status?.marketTime === "number"
          ? formats.marketClock(status.marketTime)
          : t("notYet")}
      </time>
      {status && range && (
        <>
          <SeekSlider status={status} disabled={!reachable} onSeek={(at) => void seek(at)} />
          <NativeSelect
            aria-label={t("speed")}
            disabled={!steerable}
            value={String(status.speed)}
            onChange={(event) => {
              const speed = Number(event.currentTarget.value);
              void ask(() => client.call("setSpeed", { speed }));
            }}
            data={speedChoices(status.speed).map((speed) => ({
              value: String(speed),
              label: formats.speed(speed),
            }))}
          />
        </>
      )}
    </section>
  );
}

interface SeekSliderProps {
  readonly status: ServiceStatus;
  readonly disabled: boolean;
  readonly onSeek: (position: number) => void;
}

/** Parts of the slider: fine enough for a day in thirty years. */
const PARTS = 10_000;

/** Where in the replay it is. Held by the reader while dragged, by the market otherwise. */
function SeekSlider({ status, disabled, onSeek }: SeekSliderProps) {
  const { t } = useTranslation("replay");
  const formats = useFormats();
  const [held, setHeld] = useState<number>();
  const { range } = status;
  if (range === null) return null;
  const at = Math.round((positionOf(status) ?? 0) * PARTS);
  const timeOf = (part: number) =>
    Math.round(range.from + (part / PARTS) * (range.to - range.from));
  return (
    <Slider
      className={styles.slider ?? ""}
      size="sm"
      min={0}
      max={PARTS}
      disabled={disabled}
      value={held ?? at}
      thumbLabel={t("position")}
      thumbValueText={(part) => formats.day(timeOf(part))}
      label={(part) => formats.day(timeOf(part))}
      onChange={setHeld}
      onChangeEnd={(part) => {
        setHeld(undefined);
        onSeek(timeOf(part));
      }}
    />
  );
}
