import { TextInput, type TextInputProps } from "@mantine/core";
import { formatPercent } from "../../format.js";
import { text } from "../../text.js";
import { toNumber } from "./form-values.js";
import styles from "./monitor-form.module.css";

interface PriceFieldProps extends TextInputProps {
  readonly tone: "accent" | "up" | "down";
  /** The current price, to tell how far away the level is. */
  readonly last: number | undefined;
}

/** A level, with its distance from the current price. */
export function PriceField({ tone, last, label, value, ...input }: PriceFieldProps) {
  const level = typeof value === "string" ? toNumber(value) : undefined;
  const distance =
    last !== undefined && level !== undefined && Number.isFinite(level) && level > 0
      ? formatPercent(((level - last) / last) * 100)
      : undefined;
  return (
    <TextInput
      {...input}
      value={value ?? ""}
      label={
        <>
          {label}
          {distance && (
            <span className={styles.distance} title={text.form.fromLast(distance)} aria-hidden>
              {" "}
              {distance}
            </span>
          )}
        </>
      }
      data-tone={tone}
      wrapperProps={{ "data-order": 2 }}
      inputMode="decimal"
      autoComplete="off"
      placeholder="–"
    />
  );
}
