import { Chip, Group, NativeSelect, TextInput } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { FieldProps } from "./field.js";
import { EXCHANGES, type HoursDraft } from "./hours-draft.js";
import styles from "./monitors.module.css";

const MODES = ["always", "exchange", "custom"] as const;
const DAYS = ["1", "2", "3", "4", "5", "6", "7"] as const;

interface HoursFieldsProps {
  readonly hours: HoursDraft;
  readonly field: FieldProps;
  readonly onChange: (hours: Partial<HoursDraft>) => void;
}

/** When a rule is evaluated: always, while an exchange trades, or in hours written out. */
export function HoursFields({ hours, field, onChange }: HoursFieldsProps) {
  const { t } = useTranslation("monitors");
  const days = useId();
  return (
    <>
      <NativeSelect
        {...field}
        label={t("form.fields.hours")}
        value={hours.mode}
        onChange={(event) => onChange({ mode: event.currentTarget.value as HoursDraft["mode"] })}
        data={MODES.map((value) => ({ value, label: t(`form.hours.${value}`) }))}
      />
      {hours.mode === "exchange" && (
        <NativeSelect
          label={t("form.hours.exchangeCode")}
          value={hours.exchange}
          onChange={(event) => onChange({ exchange: event.currentTarget.value })}
          data={[...new Set([...EXCHANGES, hours.exchange])]}
        />
      )}
      {hours.mode === "custom" && (
        <>
          <TextInput
            label={t("form.hours.timeZone")}
            value={hours.timeZone}
            onChange={(event) => onChange({ timeZone: event.currentTarget.value })}
          />
          <div className={styles.wide}>
            <span className={styles.label} id={days}>
              {t("form.hours.days")}
            </span>
            <Chip.Group
              multiple
              value={[...hours.days]}
              onChange={(value) => onChange({ days: value })}
            >
              <Group gap={4} role="group" aria-labelledby={days}>
                {DAYS.map((day) => (
                  <Chip key={day} value={day} size="xs">
                    {t(`form.hours.dayNames.${day}`)}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          </div>
          <TextInput
            label={t("form.hours.sessions")}
            placeholder={t("form.hours.sessionsHint")}
            value={hours.sessions}
            onChange={(event) => onChange({ sessions: event.currentTarget.value })}
          />
          <TextInput
            label={t("form.hours.holidays")}
            placeholder={t("form.hours.holidaysHint")}
            value={hours.holidays}
            onChange={(event) => onChange({ holidays: event.currentTarget.value })}
          />
        </>
      )}
    </>
  );
}
