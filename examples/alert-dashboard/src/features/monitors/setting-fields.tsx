import { MultiSelect, NativeSelect, SegmentedControl, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useField } from "./field.js";
import { ruleNames } from "./form-values.js";
import { HoursFields } from "./hours-fields.js";
import styles from "./monitors.module.css";
import type { RuleDraft } from "./rule-draft.js";
import type { Editor } from "./use-editor.js";

const SEVERITIES = ["info", "warning", "critical"] as const;
const REPEATS = ["every", "once", "once-per-bar"] as const;

interface SettingFieldsProps {
  readonly editor: Editor;
  readonly index: number;
  readonly rule: RuleDraft;
}

/** What every rule may say besides its condition. */
export function SettingFields({ editor, index, rule }: SettingFieldsProps) {
  const { t } = useTranslation("monitors");
  const field = useField(editor);
  const set = (values: Partial<RuleDraft>) => editor.changeRule(index, values);
  const at = (name: string) => field(`rules.${index}.${name}`);
  const names = ruleNames(editor.edited?.values.rules ?? []);
  const others = names.filter((_, other) => other !== index);
  return (
    <div className={styles.fields}>
      <TextInput
        {...at("forMs")}
        label={t("form.fields.forMs")}
        placeholder={t("form.hints.span")}
        value={rule.forMs}
        onChange={(event) => set({ forMs: event.currentTarget.value })}
      />
      <TextInput
        {...at("cooldownMs")}
        label={t("form.fields.cooldownMs")}
        placeholder={t("form.hints.fromMonitor")}
        value={rule.cooldownMs}
        onChange={(event) => set({ cooldownMs: event.currentTarget.value })}
      />
      <NativeSelect
        {...at("repeat")}
        label={t("form.fields.repeat")}
        value={rule.repeat}
        onChange={(event) => set({ repeat: event.currentTarget.value as RuleDraft["repeat"] })}
        data={REPEATS.map((value) => ({ value, label: t(`form.repeats.${value}`) }))}
      />
      {rule.repeat === "once-per-bar" && (
        <TextInput
          {...at("barMs")}
          label={t("form.fields.barMs")}
          placeholder={t("form.hints.span")}
          value={rule.barMs}
          onChange={(event) => set({ barMs: event.currentTarget.value })}
        />
      )}
      <TextInput
        {...at("expiresAt")}
        type="datetime-local"
        label={t("form.fields.expiresAt")}
        value={rule.expiresAt}
        onChange={(event) => set({ expiresAt: event.currentTarget.value })}
      />
      <div className={styles.wide}>
        <span className={styles.label} id={`severity-${index}`}>
          {t("form.fields.severity")}
        </span>
        <SegmentedControl
          fullWidth
          aria-labelledby={`severity-${index}`}
          value={rule.severity}
          onChange={(value) => set({ severity: value as RuleDraft["severity"] })}
          data={SEVERITIES.map((value) => ({ value, label: t(`form.severities.${value}`) }))}
        />
      </div>
      <HoursFields
        hours={rule.hours}
        field={at("hours")}
        onChange={(hours) => set({ hours: { ...rule.hours, ...hours } })}
      />
      {others.length > 0 && (
        <MultiSelect
          size="xs"
          {...at("inhibitedBy")}
          className={styles.wide ?? ""}
          label={t("form.fields.inhibitedBy")}
          data={others}
          value={[...rule.inhibitedBy]}
          onChange={(inhibitedBy) => set({ inhibitedBy })}
        />
      )}
      <TagsInput
        size="xs"
        {...at("tags")}
        className={styles.wide ?? ""}
        label={t("form.fields.tags")}
        placeholder={rule.tags.length === 0 ? t("form.tagsPlaceholder") : ""}
        value={[...rule.tags]}
        onChange={(tags) => set({ tags })}
      />
      <TextInput
        {...at("note")}
        label={t("form.fields.note")}
        value={rule.note}
        onChange={(event) => set({ note: event.currentTarget.value })}
      />
      <TextInput
        {...at("id")}
        label={t("form.fields.id")}
        placeholder={t("form.hints.named")}
        value={rule.id}
        onChange={(event) => set({ id: event.currentTarget.value })}
      />
    </div>
  );
}
