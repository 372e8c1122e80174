import { Button, Collapse, Menu, NativeSelect, TagsInput, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconPlus } from "@tabler/icons-react";
import { ALERT_KINDS } from "@tocsin/protocol/alerts";
import { type FormEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useBoardOrder, useStrategies } from "../../api/queries.js";
import { useTell } from "../../live/use-tell.js";
import { Panel } from "../../ui/panel.js";
import { useField } from "./field.js";
import styles from "./monitors.module.css";
import { PreviewNote } from "./preview-note.js";
import { RuleFields } from "./rule-fields.js";
import type { Editor } from "./use-editor.js";
import type { PreviewView } from "./use-preview.js";

interface MonitorEditorProps {
  readonly editor: Editor;
  readonly preview: PreviewView;
  readonly days: number;
  readonly onDays: (days: number) => void;
  readonly onSymbol: (symbol: string) => void;
  readonly className?: string | undefined;
}

/** A monitor being written or changed: all kinds of rules, with all they may say. */
export function MonitorEditor(props: MonitorEditorProps) {
  const { editor, preview, days, onDays, onSymbol, className } = props;
  const { t } = useTranslation(["monitors", "alerts"]);
  const field = useField(editor);
  const tell = useTell();
  const form = useRef<HTMLFormElement>(null);
  const [opened, { toggle }] = useDisclosure(false);
  const strategies = useStrategies();
  const { data: symbols = [] } = useBoardOrder("all");
  const { edited } = editor;

  // The first field is where one begins; a level drawn on the chart is there already.
  const id = edited?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each monitor that is opened
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[data-rule] input")?.focus({ preventScroll: true });
  }, [id]);
  if (!edited) return null;
  const { values } = edited;

  async function submit(event: FormEvent) {
    event.preventDefault();
    const isNew = edited?.id === undefined;
    const saved = await editor.save();
    if (saved) {
      tell.done(t(isNew ? "form.created" : "form.saved", { symbol: saved.symbol }));
      return;
    }
    // Whoever does not see the message hears it: the first wrong field gets the focus.
    requestAnimationFrame(() => {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    });
  }

  const whole = field("rules").error;
  return (
    <Panel
      title={t(edited.id === undefined ? "form.titleNew" : "form.titleEdit")}
      className={`${styles.editor} ${className ?? ""}`}
    >
      <form ref={form} className={styles.form} onSubmit={submit} noValidate>
        <div className={styles.fields}>
          <NativeSelect
            {...field("symbol")}
            label={t("form.symbol")}
            disabled={edited.id !== undefined}
            data={[...new Set([values.symbol, ...symbols])]}
            value={values.symbol}
            onChange={(event) => {
              editor.change({ symbol: event.currentTarget.value });
              onSymbol(event.currentTarget.value);
            }}
          />
          <TextInput
            {...field("note")}
            label={t("form.note")}
            placeholder={t("form.notePlaceholder")}
            value={values.note}
            onChange={(event) => editor.change({ note: event.currentTarget.value })}
          />
        </div>
        {values.rules.map((rule, index) => (
          <RuleFields
            // biome-ignore lint/suspicious/noArrayIndexKey: what is typed belongs to the place in the list
            key={index}
            editor={editor}
            index={index}
            rule={rule}
            removable={values.rules.length > 1}
          />
        ))}
        <div className={styles.ruleTools}>
          <Menu position="bottom-start">
            <Menu.Target>
              <Button
                variant="default"
                size="compact-xs"
                leftSection={<IconPlus size={13} aria-hidden />}
              >
                {t("form.addRule")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {ALERT_KINDS.map((kind) => (
                <Menu.Item key={kind} onClick={() => editor.addRule(kind)}>
                  {t(`alerts:kinds.${kind}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconAdjustmentsHorizontal size={13} aria-hidden />}
            aria-expanded={opened}
            onClick={toggle}
          >
            {t("form.monitorMore")}
          </Button>
        </div>
        <Collapse expanded={opened || field("cooldownMs").error !== undefined}>
          <div className={styles.fields}>
            <TextInput
              {...field("cooldownMs")}
              label={t("form.cooldown")}
              description={t("form.cooldownHint")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              value={values.cooldownMs}
              onChange={(event) => editor.change({ cooldownMs: event.currentTarget.value })}
            />
            <NativeSelect
              label={t("form.onNoData")}
              value={values.onNoData}
              onChange={(event) =>
                editor.change({ onNoData: event.currentTarget.value as "notify" | "ignore" })
              }
              data={(["notify", "ignore"] as const).map((value) => ({
                value,
                label: t(`form.onNoDataChoices.${value}`),
              }))}
            />
            <NativeSelect
              {...field("strategyId")}
              label={t("form.strategy")}
              value={values.strategyId}
              onChange={(event) => editor.change({ strategyId: event.currentTarget.value })}
              data={[
                { value: "", label: t("strategies.none") },
                ...(strategies.data ?? []).map(({ id: value, name: label }) => ({ value, label })),
              ]}
            />
            <TagsInput
              size="xs"
              {...field("tags")}
              label={t("form.tags")}
              placeholder={values.tags.length === 0 ? t("form.tagsPlaceholder") : ""}
              value={[...values.tags]}
              onChange={(tags) => editor.change({ tags })}
            />
          </div>
        </Collapse>
        {/* In sight however long the form is: what the rules would do, and the end of writing them. */}
        <div className={styles.actions}>
          <PreviewNote preview={preview} days={days} onDays={onDays} />
          {whole && (
            <p className={styles.wrong} role="alert">
              {whole}
            </p>
          )}
          <Button type="submit" loading={editor.saving}>
            {t(edited.id === undefined ? "form.create" : "form.save")}
          </Button>
          <Button variant="default" onClick={editor.close}>
            {t("form.cancel")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
