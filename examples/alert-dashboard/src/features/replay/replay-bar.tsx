import { ActionIcon, NativeSelect, Slider, Tooltip } from "@mantine/core";
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
} from "@tabler/icons-react";
import { useTocsinClient } from "@tocsin/client/react";
import type { ServiceStatus } from "@tocsin-example/alert-contract";
import { memo, useCallback, useState } from "react";
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
  const view = useService();
  const { status } = view;
  const [busy, setBusy] = useState(false);
  const state = replayState(view);
  const reachable = state !== "loading" && state !== "unknown";
  const steerable = reachable && !busy;
  const range = status?.range ?? null;

  const { failed } = useTell();
  const ask = useCallback(
    async (work: () => Promise<ServiceStatus>) => {
      setBusy(true);
      try {
        await work();
      } catch (error) {
        failed(t("failed"), error);
      } finally {
        setBusy(false);
      }
    },
    [failed, t],
  );
  const run = (running: boolean) => ask(() => client.call("setRunning", { running }));
  const seek = useCallback(
    (position: number) => void ask(() => client.call("seek", { position })),
    [ask, client],
  );
  const setSpeed = useCallback(
    (speed: number) => void ask(() => client.call("setSpeed", { speed })),
    [ask, client],
  );
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
          <SeekSlider
            at={Math.round((positionOf(status) ?? 0) * PARTS)}
            from={range.from}
            to={range.to}
            disabled={!reachable}
            onSeek={seek}
          />
          <SpeedSelect speed={status.speed} disabled={!steerable} onSpeed={setSpeed} />
        </>
      )}
    </section>
  );
}

interface SpeedSelectProps {
  readonly speed: number;
  readonly disabled: boolean;
  readonly onSpeed: (speed: number) => void;
}

/** How fast market time passes. */
const SpeedSelect = memo(function SpeedSelect({ speed, disabled, onSpeed }: SpeedSelectProps) {
  const { t } = useTranslation("replay");
  const formats = useFormats();
  return (
    <NativeSelect
      aria-label={t("speed")}
      disabled={disabled}
      value={String(speed)}
      onChange={(event) => onSpeed(Number(event.currentTarget.value))}
      data={speedChoices(speed).map((choice) => ({
        value: String(choice),
        label: formats.speed(choice),
      }))}
    />
  );
});

/** Parts of the slider: steps of a few days in thirty years, as fine as its pixels need. */
const PARTS = 2_000;

interface SeekSliderProps {
  /** From 0 to {@link PARTS}. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly disabled: boolean;
  readonly onSeek: (position: number) => void;
}

/** Where in the replay it is. Held by the reader while dragged, by the market otherwise. */
const SeekSlider = memo(function SeekSlider({ at, from, to, disabled, onSeek }: SeekSliderProps) {
  const { t } = useTranslation("replay");
  const formats = useFormats();
  const [held, setHeld] = useState<number>();
  const timeOf = (part: number) => Math.round(from + (part / PARTS) * (to - from));
  const dayOf = (part: number) => formats.day(timeOf(part));
  return (
    <Slider
      className={styles.slider ?? ""}
      size="sm"
      min={0}
      max={PARTS}
      disabled={disabled}
      value={held ?? at}
      thumbLabel={t("position")}
      thumbValueText={dayOf}
      label={dayOf}
      onChange={setHeld}
      onChangeEnd={(part) => {
        setHeld(undefined);
        onSeek(timeOf(part));
      }}
    />
  );
});
