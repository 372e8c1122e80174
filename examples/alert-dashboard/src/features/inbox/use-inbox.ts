import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api-context.js";
import type { Action } from "./action.js";
import { type InboxFilter, toQuery } from "./filter.js";
import { inboxKeys, useInboxHandle, useInboxView } from "./inbox-context.js";
import { mergeInbox } from "./merge.js";

const PAGE = 100;

/** The alerts a filter finds: what the server lists and what came since, with what the reader just did. */
export function useInbox(filter: InboxFilter, keep?: string) {
  const api = useApi();
  const view = useInboxView();
  const pages = useInfiniteQuery({
    queryKey: [...inboxKeys.lists, filter],
    queryFn: ({ pageParam, signal }) =>
      api.notifications({ ...toQuery(filter), limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const { data, hasNextPage } = pages;
  const alerts = useMemo(
    () =>
      mergeInbox({
        listed: data?.pages.flatMap(({ items }) => items) ?? [],
        hasOlder: hasNextPage,
        live: data ? view.alerts.values() : [],
        shown: view.shown,
        filter,
        keep,
      }),
    [data, hasNextPage, view, filter, keep],
  );
  return { alerts, pages, fresh: view.fresh };
}

/** What a reader can do, shown at once. */
export interface InboxActions {
  readonly act: (alert: AlertNotification, action: Action) => void;
  /** Marks everything as read up to the newest alert that can be seen. */
  readonly readAll: (upTo: number) => void;
}

export function useInboxActions(): InboxActions {
  const api = useApi();
  const cache = useQueryClient();
  const { store } = useInboxHandle();
  const { t } = useTranslation("inbox");

  const failed = useCallback(
    (error: unknown) =>
      notifications.show({
        title: t("actions.failed"),
        message: error instanceof Error ? error.message : "",
        color: "red",
      }),
    [t],
  );
  const act = useCallback(
    (alert: AlertNotification, action: Action) => {
      const send = () =>
        action.do === "snooze"
          ? api.snoozeNotification(alert.id, action.forMs)
          : api.act(alert.id, action.do);
      store?.act(alert, action, send).catch(failed);
    },
    [api, store, failed],
  );
  const readAll = useCallback(
    (upTo: number) => {
      const send = async () => {
        cache.setQueryData(inboxKeys.unread, 0);
        await api.readAll(upTo);
        await Promise.all([
          cache.invalidateQueries({ queryKey: inboxKeys.lists }),
          cache.invalidateQueries({ queryKey: inboxKeys.unread }),
        ]);
      };
      store?.readAll(upTo, send).catch((error: unknown) => {
        void cache.invalidateQueries({ queryKey: inboxKeys.unread });
        failed(error);
      });
    },
    [api, cache, store, failed],
  );
  return useMemo(() => ({ act, readAll }), [act, readAll]);
}
