import { ActionIcon, Button, CopyButton, NativeSelect, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Severity, severity } from "@tocsin/protocol/alerts";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api-context.js";
import { ApiError } from "../../api/http.js";
import type { NewEndpoint } from "../../api/inbox-api.js";
import { Loading } from "../../ui/placeholder.js";
import { Tag } from "../../ui/tag.js";
import styles from "./settings.module.css";

const KEY = ["endpoints"] as const;
const SINKS = ["webhook", "email"] as const;

/** Where alerts go besides the inbox. */
export function Endpoints() {
  const { t } = useTranslation("settings");
  const words = useTranslation("alerts").t;
  const app = useTranslation("app").t;
  const api = useApi();
  const cache = useQueryClient();
  const { data, isPending, isError } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.endpoints(signal),
  });
  const remove = useMutation({
    mutationFn: (id: string) => api.deleteEndpoint(id),
    onSettled: () => cache.invalidateQueries({ queryKey: KEY }),
    onError: ({ message }) =>
      notifications.show({ title: t("removeFailed"), message, color: "red" }),
  });
  return (
    <>
      {isPending ? (
        <Loading label={app("loading")} />
      ) : isError ? (
        <p className={styles.error} role="alert">
          {t("endpointsFailed")}
        </p>
      ) : data.length === 0 ? (
        <p className={styles.hint}>{t("endpointsEmpty")}</p>
      ) : (
        <ul className={styles.list} aria-label={t("endpoints")}>
          {data.map(({ id, sink, target, minSeverity, enabled }) => (
            <li key={id}>
              <Tag tone="accent">{sink === "email" ? t("sinks.email") : t("sinks.webhook")}</Tag>
              <span className={styles.target}>{target}</span>
              <Tag tone="quiet">{words(`severities.${minSeverity}`)}</Tag>
              {!enabled && <Tag tone="warn">{t("disabled")}</Tag>}
              <ActionIcon
                aria-label={t("removeEndpoint", { target })}
                onClick={() => remove.mutate(id)}
              >
                <IconTrash size={15} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <NewEndpointForm />
    </>
  );
}

function NewEndpointForm() {
  const { t } = useTranslation("settings");
  const words = useTranslation("alerts").t;
  const api = useApi();
  const cache = useQueryClient();
  const [sink, setSink] = useState<NewEndpoint["sink"]>("webhook");
  const [target, setTarget] = useState("");
  const [minSeverity, setMinSeverity] = useState<Severity>("critical");
  const [secret, setSecret] = useState<{ readonly target: string; readonly value: string }>();
  const create = useMutation({
    mutationFn: (input: NewEndpoint) => api.createEndpoint(input),
    onSuccess(made) {
      setTarget("");
      if (made.secret !== null) setSecret({ target: made.target, value: made.secret });
      return cache.invalidateQueries({ queryKey: KEY });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({ sink, target: target.trim(), minSeverity });
  }
  const refused = create.error instanceof ApiError ? create.error.message : undefined;
  return (
    <>
      {secret && (
        <div className={styles.secret} role="status">
          <p className={styles.label}>{t("secretTitle", { target: secret.target })}</p>
          <p className={styles.hint}>{t("secretHint")}</p>
          <code data-testid="secret">{secret.value}</code>
          <div className={styles.row}>
            <CopyButton value={secret.value}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {t(copied ? "copied" : "copy")}
                </Button>
              )}
            </CopyButton>
            <Button variant="default" onClick={() => setSecret(undefined)}>
              {t("done")}
            </Button>
          </div>
        </div>
      )}
      <form className={styles.form} onSubmit={submit} noValidate>
        <NativeSelect
          label={t("sink")}
          value={sink}
          data={SINKS.map((value) => ({ value, label: t(`sinks.${value}`) }))}
          onChange={({ currentTarget: { value } }) =>
            setSink(SINKS.find((each) => each === value) ?? "webhook")
          }
        />
        <TextInput
          className={styles.grow}
          label={t("target")}
          type={sink === "email" ? "email" : "url"}
          placeholder={t(`targetHint.${sink}`)}
          value={target}
          error={refused}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("minSeverity")}
          value={minSeverity}
          data={severity.options.map((value) => ({ value, label: words(`severities.${value}`) }))}
          onChange={({ currentTarget: { value } }) =>
            setMinSeverity(severity.options.find((each) => each === value) ?? "critical")
          }
        />
        <Button type="submit" loading={create.isPending} disabled={target.trim() === ""}>
          {t("addEndpoint")}
        </Button>
      </form>
    </>
  );
}
