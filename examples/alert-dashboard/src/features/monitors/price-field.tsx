import { TextInput, type TextInputProps } from "@mantine/core";
import { createContext, use } from "react";
import { formatPercent } from "../../format.js";
import { text } from "../../text.js";
import { toNumber } from "./form-values.js";
import styles from "./monitor-form.module.css";

/** The current price of the form's symbol. A context, so that a tick draws the distances and not the form. */
export const LastPriceContext = createContext<number | undefined>(undefined);

interface PriceFieldProps extends TextInputProps {
  readonly label: string;
}

/** A level, with its distance from the current price. */
export function PriceField({ label, value, ...input }: PriceFieldProps) {
  const typed = typeof value === "string" ? value : "";
  return (
    <TextInput
      {...input}
      value={typed}
      label={
        <>
          {label} <Distance level={toNumber(typed)} />
        </>
      }
      wrapperProps={{ "data-order": 2 }}
      inputMode="decimal"
      autoComplete="off"
      placeholder="–"
    />
  );
}

function Distance({ level }: { readonly level: number | undefined }) {
  const last = use(LastPriceContext);
  if (last === undefined || level === undefined || !Number.isFinite(level) || level <= 0) {
    return null;
  }
  const percent = formatPercent(((level - last) / last) * 100);
  return (
    <span className={styles.distance} title={text.form.fromLast(percent)} aria-hidden>
      {percent}
    </span>
  );
}
