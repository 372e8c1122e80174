import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import styles from "./monitors.module.css";
import type { PreviewView } from "./use-preview.js";

/** How far back a preview may look, days. */
const DAYS = ["7", "30", "365"] as const;

interface PreviewNoteProps {
  readonly preview: PreviewView;
  readonly days: number;
  readonly onDays: (days: number) => void;
}

/** "Would have fired 3 times": what the rules in the editor would have done. */
export function PreviewNote({ preview, days, onDays }: PreviewNoteProps) {
  const { t } = useTranslation("monitors");
  return (
    <div className={styles.preview}>
      <p role="status" data-preview={preview.state}>
        <PreviewText preview={preview} days={days} />
      </p>
      <SegmentedControl
        aria-label={t("preview.days")}
        size="xs"
        value={String(days)}
        onChange={(value) => onDays(Number(value))}
        data={DAYS.map((value) => ({ value, label: t(`preview.dayChoices.${value}`) }))}
      />
    </div>
  );
}

function PreviewText({ preview, days }: Pick<PreviewNoteProps, "preview" | "days">) {
  const { t } = useTranslation("monitors");
  const formats = useFormats();
  switch (preview.state) {
    case "none":
      return null;
    case "invalid":
      return t("preview.invalid");
    case "loading":
      return t("preview.loading", { days });
    case "failed":
      return t("preview.failed", { message: preview.message });
    case "known": {
      const { fired, suppressed, fires } = preview.result;
      if (fired + suppressed === 0) return t("preview.none", { days });
      const latest = fires.at(-1)?.at;
      return (
        <>
          <strong>{t("preview.fired", { count: fired, days })}</strong>
          {suppressed > 0 && ` ${t("preview.suppressed", { count: suppressed })}`}
          {latest !== undefined && ` · ${t("preview.first", { time: formats.marketTime(latest) })}`}
        </>
      );
    }
    default:
      return preview satisfies never;
  }
}
