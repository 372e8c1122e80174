import { Button, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { type Monitor, newMonitor } from "@tocsin/protocol/alerts";
import { memo, useEffect } from "react";
import { ApiError } from "../../api/http.js";
import { useMonitorMutations } from "../../api/queries.js";
import { text } from "../../text.js";
import { Panel } from "../../ui/panel.js";
import { type FormErrors, fieldBehind, validateForm } from "./form-errors.js";
import { EMPTY_FORM, type FormValues, toDraft, toFormValues } from "./form-values.js";
import styles from "./monitor-form.module.css";
import { PriceField } from "./price-field.js";

interface MonitorFormProps {
  /** All that can be watched; the same array as long as they are the same. */
  readonly symbols: readonly string[];
  readonly symbol: string | undefined;
  readonly onSymbol: (symbol: string) => void;
  /** The monitor being changed; `undefined` for a new one. */
  readonly editing: Monitor | undefined;
  readonly onDone: () => void;
  readonly className?: string | undefined;
}

export const MonitorForm = memo(function MonitorForm(props: MonitorFormProps) {
  const { symbols, symbol = "", onSymbol, editing, onDone, className } = props;
  const { create, change } = useMonitorMutations();
  const form = useForm<FormValues>({
    initialValues: editing ? toFormValues(editing) : { ...EMPTY_FORM, symbol },
    validate: (values): FormErrors => validateForm(values),
  });

  // The row selected in the price table is the symbol of a new monitor; one being changed keeps its own.
  const { setFieldValue } = form;
  const wrongSymbol = !editing && form.values.symbol !== symbol;
  useEffect(() => {
    if (wrongSymbol) setFieldValue("symbol", symbol);
  }, [wrongSymbol, symbol, setFieldValue]);

  async function submit(values: FormValues) {
    const draft = toDraft(values);
    const wanted = newMonitor.parse(draft);
    try {
      if (editing) {
        const { note, rules, cooldownMs } = wanted;
        await change.mutateAsync({ id: editing.id, change: { note, rules, cooldownMs } });
      } else {
        await create.mutateAsync(wanted);
      }
      const { created, saved } = text.form;
      notifications.show({ message: (editing ? saved : created)(wanted.symbol), color: "teal" });
      form.setValues({ ...EMPTY_FORM, symbol: values.symbol, side: values.side });
      onDone();
    } catch (error) {
      const message = error instanceof ApiError ? error.message : text.form.failed;
      const field = error instanceof ApiError ? error.field : undefined;
      form.setErrors({ [field ? fieldBehind(field, draft.rules) : "rules"]: message });
    }
  }

  /** Whoever does not see the message hears it: the first wrong field gets the focus. */
  function focusFirst(errors: FormErrors) {
    const [first] = Object.keys(errors);
    if (first) form.getInputNode(first)?.focus();
  }

  const saving = create.isPending || change.isPending;
  // `rules` is no field of its own: its message is about the levels together.
  const wholeError = form.errors.rules;

  return (
    <Panel
      title={editing ? text.form.titleEdit : text.form.titleNew}
      className={`${styles.panel} ${className ?? ""}`}
    >
      <form className={styles.form} onSubmit={form.onSubmit(submit, focusFirst)} noValidate>
        <NativeSelect
          label={text.form.symbol}
          disabled={editing !== undefined}
          data={editing ? [editing.symbol] : [...symbols]}
          {...form.getInputProps("symbol")}
          onChange={(event) => onSymbol(event.currentTarget.value)}
        />
        <div>
          <span className={styles.label} id="side-label">
            {text.form.side}
          </span>
          <SegmentedControl
            fullWidth
            aria-labelledby="side-label"
            data={[
              { value: "long", label: text.form.long },
              { value: "short", label: text.form.short },
            ]}
            {...form.getInputProps("side")}
          />
        </div>
        <PriceField label={text.form.entryLow} {...form.getInputProps("entryLow")} />
        <PriceField label={text.form.entryHigh} {...form.getInputProps("entryHigh")} />
        <PriceField label={text.form.takeProfit} {...form.getInputProps("takeProfit")} />
        <PriceField label={text.form.stopLoss} {...form.getInputProps("stopLoss")} />
        <TextInput
          label={text.form.cooldown}
          title={text.form.cooldownHint}
          inputMode="decimal"
          autoComplete="off"
          {...form.getInputProps("cooldownMinutes")}
        />
        <TextInput
          label={text.form.note}
          placeholder={text.form.notePlaceholder}
          maxLength={200}
          autoComplete="off"
          {...form.getInputProps("note")}
        />
        <div className={styles.actions}>
          <p className={styles.error} role="alert">
            {wholeError}
          </p>
          {editing && (
            <Button variant="default" onClick={onDone}>
              {text.form.cancel}
            </Button>
          )}
          <Button type="submit" loading={saving}>
            {editing ? text.form.save : text.form.create}
          </Button>
        </div>
      </form>
    </Panel>
  );
});
