import { notifications } from "@mantine/notifications";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** Says that something was done. */
export type TellDone = (message: string) => void;

/** Says that something was not done, and why; stays until it is closed when it has to be read. */
export type TellFailed = (
  title: string,
  error: unknown,
  options?: { readonly stays?: boolean },
) => void;

/** Short messages at the edge of the page. */
export function useTell(): { readonly done: TellDone; readonly failed: TellFailed } {
  const { t } = useTranslation("app");
  const done = useCallback<TellDone>(
    (message) => {
      const closeButtonProps = { "aria-label": t("close") };
      notifications.show({ message, color: "teal", closeButtonProps });
    },
    [t],
  );
  const failed = useCallback<TellFailed>(
    (title, error, { stays = false } = {}) => {
      const message = error instanceof Error ? error.message : String(error);
      const closeButtonProps = { "aria-label": t("close") };
      const autoClose = stays ? ({ autoClose: false } as const) : {};
      notifications.show({ title, message, color: "red", closeButtonProps, ...autoClose });
    },
    [t],
  );
  return { done, failed };
}
