import { ActionIcon, FileButton, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDotsVertical, IconDownload, IconUpload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTocsinClient } from "@tocsin/client/react";
import { market, type Progress } from "@tocsin-example/alert-contract";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api-context.js";
import { ApiError } from "../../api/http.js";
import type { MonitorFile } from "../../api/monitor-api.js";
import { queryKeys } from "../../api/queries.js";
import { useTell } from "../../live/use-tell.js";

/** Monitors as files: all out, or all of a file in. */
export function TransferMenu() {
  const { t } = useTranslation("monitors");
  const api = useApi();
  const cache = useQueryClient();
  const tell = useTell();
  const followTask = useFollowTask();
  const reset = useRef<() => void>(null);

  const refused = (title: string, error: unknown) => {
    const field = error instanceof ApiError ? error.field : undefined;
    const told = field ? t("transfer.at", { field, message: (error as ApiError).message }) : error;
    tell.failed(title, told, { stays: true });
  };

  async function exportAs(format: MonitorFile["format"]) {
    try {
      save(await api.exportMonitors(format), format);
    } catch (error) {
      refused(t("transfer.exportFailed"), error);
    }
  }

  async function importFile(file: File | null) {
    reset.current?.();
    if (!file) return;
    try {
      const format = /\.csv$/i.test(file.name) ? "csv" : "json";
      const answer = await api.importMonitors({ format, content: await file.text() });
      if ("taskId" in answer) await followTask(answer.taskId);
      else {
        tell.done(t("transfer.imported", { count: answer.items.length }));
      }
      await cache.invalidateQueries({ queryKey: queryKeys.monitors });
    } catch (error) {
      refused(t("transfer.failed"), error);
    }
  }

  return (
    <FileButton
      resetRef={reset}
      accept=".csv,.json,text/csv,application/json"
      inputProps={{ "aria-label": t("transfer.file") }}
      onChange={(file) => void importFile(file)}
    >
      {({ onClick }) => (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t("transfer.menu")}>
              <IconDotsVertical size={14} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconDownload size={14} aria-hidden />}
              onClick={() => void exportAs("csv")}
            >
              {t("transfer.exportCsv")}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconDownload size={14} aria-hidden />}
              onClick={() => void exportAs("json")}
            >
              {t("transfer.exportJson")}
            </Menu.Item>
            <Menu.Item leftSection={<IconUpload size={14} aria-hidden />} onClick={onClick}>
              {t("transfer.import")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </FileButton>
  );
}

/** How often a task is asked about: what it tells by itself may come before one listens, milliseconds. */
const ASK_MS = 1_000;

/** Shows how far a longer import is, until it is done; rejects when it fails. */
function useFollowTask(): (taskId: string) => Promise<void> {
  const { t } = useTranslation("monitors");
  const tell = useTell();
  const client = useTocsinClient();
  const api = useApi();
  return async (taskId) => {
    const id = notifications.show({
      loading: true,
      autoClose: false,
      withCloseButton: false,
      message: t("transfer.started"),
    });
    const subscription = client.subscribe(market.task({ taskId }));
    try {
      const last = await new Promise<Progress>((resolve, reject) => {
        const hear = (progress: Progress) => {
          const { done, total, state } = progress;
          notifications.update({ id, message: t("transfer.progress", { done, total }) });
          if (state !== "running") resolve(progress);
        };
        subscription.on("event", hear);
        const ask = () =>
          api.task(taskId).then((progress) => {
            hear(progress);
            if (progress.state === "running") setTimeout(ask, ASK_MS);
          }, reject);
        void ask();
      });
      if (last.state === "failed") throw new Error(last.message);
      tell.done(t("transfer.imported", { count: last.done }));
    } finally {
      subscription.unsubscribe();
      notifications.hide(id);
    }
  };
}

/** Hands a file to the browser. */
function save(content: string, format: MonitorFile["format"]) {
  const type = format === "csv" ? "text/csv" : "application/json";
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `monitors.${format}`;
  link.click();
  URL.revokeObjectURL(url);
}
