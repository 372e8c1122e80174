import { ActionIcon, Button, TextInput } from "@mantine/core";
import { IconFolder, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStrategies, useStrategyMutations } from "../../api/queries.js";
import { useTell } from "../../live/use-tell.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import styles from "./monitors.module.css";

interface StrategyPanelProps {
  readonly chosen: string | undefined;
  readonly onChoose: (id: string | undefined) => void;
  readonly className?: string | undefined;
}

/** Groups of monitors: made, chosen, deleted. */
export function StrategyPanel({ chosen, onChoose, className }: StrategyPanelProps) {
  const { t } = useTranslation("monitors");
  const strategies = useStrategies();
  const tell = useTell();
  const { create, remove } = useStrategyMutations();
  const [name, setName] = useState("");

  const add = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) create.mutate(name.trim(), { onSuccess: () => setName("") });
  };
  const { data = [] } = strategies;
  return (
    <Panel title={t("strategies.title")} className={className} aside={t("strategies.hint")}>
      <form className={styles.strategyForm} onSubmit={add}>
        <TextInput
          aria-label={t("strategies.name")}
          placeholder={t("strategies.name")}
          value={name}
          error={create.error?.message}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={create.isPending}>
          {t("strategies.add")}
        </Button>
      </form>
      {strategies.isPending ? (
        <Loading label={t("loading")} />
      ) : strategies.isError ? (
        <Placeholder
          role="alert"
          title={t("failed")}
          hint={strategies.error.message}
          action={{ label: t("retry"), run: () => void strategies.refetch() }}
        />
      ) : data.length === 0 ? (
        <Placeholder
          icon={<IconFolder size={22} aria-hidden />}
          title={t("strategies.empty")}
          hint={t("strategies.emptyHint")}
        />
      ) : (
        <ul className={styles.list} aria-label={t("strategies.title")}>
          <li className={styles.strategy}>
            <button
              type="button"
              aria-pressed={chosen === undefined}
              onClick={() => onChoose(undefined)}
            >
              {t("strategies.all")}
            </button>
          </li>
          {data.map(({ id, name: title, monitors, symbols }) => (
            <li key={id} className={styles.strategy}>
              <button
                type="button"
                aria-pressed={chosen === id}
                aria-label={t("strategies.show", { name: title })}
                onClick={() => onChoose(chosen === id ? undefined : id)}
              >
                <strong>{title}</strong>
                <small>
                  {t("strategies.of", { count: monitors })} {symbols.slice(0, 6).join(" ")}
                </small>
              </button>
              <ActionIcon
                aria-label={t("strategies.remove", { name: title })}
                onClick={() =>
                  remove.mutate(id, {
                    onSuccess: () => chosen === id && onChoose(undefined),
                    onError: (error) => tell.failed(t("strategies.removeFailed"), error),
                  })
                }
              >
                <IconTrash size={14} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
