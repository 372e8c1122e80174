import { NativeSelect, TextInput } from "@mantine/core";
import { useLatest } from "@tocsin/client/react";
import { market } from "@tocsin-example/alert-contract";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { useField } from "./field.js";
import { CONDITION, DIRECTIONS, type RuleDraft, readNumber } from "./rule-draft.js";
import type { Editor } from "./use-editor.js";

interface ConditionFieldsProps {
  readonly editor: Editor;
  readonly index: number;
  readonly rule: RuleDraft;
}

type Name = (typeof CONDITION)[RuleDraft["kind"]][number];
const PRICES: readonly Name[] = ["low", "high", "price", "clear"];
const SPANS: readonly Name[] = ["windowMs", "afterMs"];

/** The fields that say what a rule watches for. */
export function ConditionFields({ editor, index, rule }: ConditionFieldsProps) {
  const { t } = useTranslation("monitors");
  const field = useField(editor);

  const input = (name: Name) => {
    const label = t(`form.fields.${name}`);
    const common = { ...field(`rules.${index}.${name}`), label };
    const set = (value: string) => editor.changeRule(index, { [name]: value });
    switch (name) {
      case "side":
        return (
          <NativeSelect
            {...common}
            value={rule.side}
            onChange={(event) => set(event.currentTarget.value)}
            data={(["long", "short"] as const).map((value) => ({
              value,
              label: t(`form.sides.${value}`),
            }))}
          />
        );
      case "when":
        return (
          <NativeSelect
            {...common}
            value={rule.when}
            onChange={(event) => set(event.currentTarget.value)}
            data={(["above", "below"] as const).map((value) => ({
              value,
              label: t(`form.whens.${value}`),
            }))}
          />
        );
      case "direction": {
        const choices = DIRECTIONS[rule.kind as keyof typeof DIRECTIONS] ?? DIRECTIONS.crossing;
        return (
          <NativeSelect
            {...common}
            value={rule.direction}
            onChange={(event) => set(event.currentTarget.value)}
            data={choices.map((value) => ({ value, label: t(`form.directions.${value}`) }))}
          />
        );
      }
      default: {
        const level = PRICES.includes(name) ? readNumber(rule[name]) : undefined;
        const away = name !== "clear" && level !== undefined && level > 0;
        return (
          <TextInput
            {...common}
            description={
              away && <FromLast symbol={editor.edited?.values.symbol ?? ""} level={level} />
            }
            inputWrapperOrder={["label", "input", "description", "error"]}
            inputMode={SPANS.includes(name) ? "text" : "decimal"}
            placeholder={
              SPANS.includes(name)
                ? t("form.hints.span")
                : name === "clear"
                  ? t("form.hints.clear")
                  : ""
            }
            autoComplete="off"
            value={rule[name]}
            onChange={(event) => set(event.currentTarget.value)}
          />
        );
      }
    }
  };

  return CONDITION[rule.kind].map((name: Name) => <div key={name}>{input(name)}</div>);
}

/** How far a level is from the price now; apart from the form, which is not drawn anew with every price. */
function FromLast({ symbol, level }: { readonly symbol: string; readonly level: number }) {
  const { t } = useTranslation("monitors");
  const formats = useFormats();
  const ref = useMemo(() => (symbol ? market.price({ code: symbol }) : null), [symbol]);
  const { value } = useLatest(ref);
  if (!value || !Number.isFinite(level)) return null;
  return t("form.fromLast", { percent: formats.percent((level / value.price - 1) * 100) });
}
