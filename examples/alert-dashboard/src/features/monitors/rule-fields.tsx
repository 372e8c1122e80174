import { ActionIcon, Button, Collapse, NativeSelect } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconTrash } from "@tabler/icons-react";
import { ALERT_KINDS, type AlertKind } from "@tocsin/protocol/alerts";
import { useTranslation } from "react-i18next";
import { ConditionFields } from "./condition-fields.js";
import styles from "./monitors.module.css";
import { emptyRule, type RuleDraft } from "./rule-draft.js";
import { SettingFields } from "./setting-fields.js";
import type { Editor } from "./use-editor.js";

interface RuleFieldsProps {
  readonly editor: Editor;
  readonly index: number;
  readonly rule: RuleDraft;
  /** Whether it may be taken away: a monitor has one rule at least. */
  readonly removable: boolean;
}

/** One rule of the monitor in the editor. */
export function RuleFields({ editor, index, rule, removable }: RuleFieldsProps) {
  const { t } = useTranslation(["monitors", "alerts"]);
  const wrongInside = Object.keys(editor.errors).some(
    (field) => field.startsWith(`rules.${index}.`) && SETTINGS.has(field.split(".")[2] ?? ""),
  );
  const [opened, { toggle }] = useDisclosure(false);
  const shown = opened || wrongInside; // what is wrong is never hidden
  const number = index + 1;

  /** Another kind keeps what both understand; the direction is chosen anew. */
  function changeKind(kind: AlertKind) {
    const { direction, windowMs } = emptyRule(kind);
    editor.changeRule(index, { kind, direction, ...(rule.windowMs === "" && { windowMs }) });
  }

  return (
    <fieldset className={styles.rule} data-rule={index}>
      <legend>{t("form.rule", { number })}</legend>
      <div className={styles.fields}>
        <NativeSelect
          label={t("form.kind")}
          value={rule.kind}
          onChange={(event) => changeKind(event.currentTarget.value as AlertKind)}
          data={ALERT_KINDS.map((value) => ({ value, label: t(`alerts:kinds.${value}`) }))}
        />
        <ConditionFields editor={editor} index={index} rule={rule} />
      </div>
      <div className={styles.ruleTools}>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconAdjustmentsHorizontal size={13} aria-hidden />}
          aria-expanded={shown}
          onClick={toggle}
        >
          {t("form.more")}
        </Button>
        {removable && (
          <ActionIcon
            aria-label={t("form.removeRule", { number })}
            onClick={() => editor.removeRule(index)}
          >
            <IconTrash size={14} aria-hidden />
          </ActionIcon>
        )}
      </div>
      <Collapse expanded={shown}>
        {shown && <SettingFields editor={editor} index={index} rule={rule} />}
      </Collapse>
    </fieldset>
  );
}

const SETTINGS = new Set([
  "forMs",
  "cooldownMs",
  "repeat",
  "barMs",
  "expiresAt",
  "hours",
  "severity",
  "tags",
  "note",
  "inhibitedBy",
  "id",
]);
