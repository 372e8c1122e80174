import { ActionIcon, Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { Holding } from "@tocsin-example/alert-contract";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api-context.js";
import { ApiError } from "../../api/http.js";
import { checkDraft, type DraftRow, type RowErrors, toDraft } from "./draft.js";
import styles from "./portfolio.module.css";

interface HoldingsEditorProps {
  readonly holdings: readonly Holding[];
  readonly onDone: () => void;
}

const FIELDS = ["instrument", "quantity", "cost"] as const;

/** Replaces what is held, all at once. Its worth then comes over the socket. */
export function HoldingsEditor({ holdings, onDone }: HoldingsEditorProps) {
  const { t } = useTranslation("portfolio");
  const app = useTranslation("app").t;
  const api = useApi();
  const [rows, setRows] = useState<readonly DraftRow[]>(() =>
    holdings.length > 0 ? toDraft(holdings) : [emptyRow(0)],
  );
  const [errors, setErrors] = useState<ReadonlyMap<number, RowErrors>>(new Map());
  const save = useMutation({
    mutationFn: (held: readonly Holding[]) => api.hold(held),
    onSuccess() {
      notifications.show({ message: t("saved"), color: "teal" });
      onDone();
    },
  });
  // The server names the row it refuses: `holdings.2.instrument`.
  const refused = save.error instanceof ApiError ? save.error : undefined;
  const refusedRow = Number(/^holdings\.(\d+)\./.exec(refused?.field ?? "")?.[1] ?? -1);

  const change = (id: number, part: Partial<DraftRow>) =>
    setRows((all) => all.map((row) => (row.id === id ? { ...row, ...part } : row)));

  function submit(event: FormEvent) {
    event.preventDefault();
    const checked = checkDraft(rows);
    setErrors(checked.ok ? new Map() : checked.errors);
    if (checked.ok) save.mutate(checked.holdings);
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {rows.map((row, index) => (
        <div key={row.id} className={styles.row}>
          {FIELDS.map((field) => {
            const wrong = errors.get(row.id)?.[field];
            const named = field === "instrument" && index === refusedRow ? refused : undefined;
            return (
              <TextInput
                key={field}
                label={t(field)}
                description={index === 0 ? hintOf(field, t) : undefined}
                inputMode={field === "instrument" ? "text" : "decimal"}
                value={row[field]}
                error={wrong ? t(wrong) : named?.message}
                onChange={(event) => change(row.id, { [field]: event.currentTarget.value })}
              />
            );
          })}
          <ActionIcon
            size="lg"
            aria-label={
              row.instrument
                ? t("remove", { instrument: row.instrument })
                : t("removeRow", { row: index + 1 })
            }
            onClick={() => setRows((all) => all.filter(({ id }) => id !== row.id))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {refused && refusedRow < 0 && (
        <p className={styles.error} role="alert">
          {t("saveFailed")}: {refused.message}
        </p>
      )}
      <div className={styles.buttons}>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() =>
            setRows((all) => [...all, emptyRow(Math.max(-1, ...all.map(({ id }) => id)) + 1)])
          }
        >
          {t("add")}
        </Button>
        <span className={styles.space} />
        <Button variant="default" onClick={onDone}>
          {app("cancel")}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}

function emptyRow(id: number): DraftRow {
  return { id, instrument: "", quantity: "", cost: "" };
}

function hintOf(
  field: (typeof FIELDS)[number],
  t: (key: "instrumentHint" | "quantityHint") => string,
): string | undefined {
  if (field === "instrument") return t("instrumentHint");
  return field === "quantity" ? t("quantityHint") : undefined;
}
