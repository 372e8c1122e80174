import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { TocsinProvider } from "@tocsin/client/react";
import type { i18n } from "i18next";
import { I18nextProvider, useTranslation } from "react-i18next";
import { type Api, createApi } from "./api/api.js";
import { ApiContext } from "./api/api-context.js";
import { ApiError } from "./api/http.js";
import type { SessionKeeper } from "./api/session.js";
import { InboxProvider } from "./features/inbox/inbox-context.js";
import { StressPage, stressOf } from "./features/stress/stress-page.js";
import type { MarketClient } from "./live/client.js";
import { SelectionProvider } from "./shell/selection.js";
import { Shell } from "./shell/shell.js";
import { UserContext } from "./shell/user.js";
import { theme } from "./theme.js";
import { Loading, Placeholder } from "./ui/placeholder.js";

/** What the page has one of; made outside React, because StrictMode makes everything inside it twice. */
export interface Services {
  readonly sessions: SessionKeeper;
  readonly client: MarketClient;
  readonly api: Api;
  readonly queries: QueryClient;
  readonly words: i18n;
}

export function createServices(
  sessions: SessionKeeper,
  words: i18n,
  connect: (sessions: SessionKeeper) => MarketClient,
): Services {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // What the server refuses it refuses again; what did not reach it may the next time.
        retry: (failures, error) =>
          failures < 3 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      },
    },
  });
  return { sessions, client: connect(sessions), api: createApi(sessions), queries, words };
}

const stress = stressOf(location.search);

export function App({ services }: { readonly services: Services }) {
  return (
    <I18nextProvider i18n={services.words}>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <Notifications position="bottom-left" containerWidth={340} limit={5} zIndex={400} />
        <QueryClientProvider client={services.queries}>
          <ApiContext value={services.api}>
            {stress === undefined ? (
              <TocsinProvider client={services.client}>
                <SignedIn services={services} />
              </TocsinProvider>
            ) : (
              <StressPage symbols={stress} />
            )}
          </ApiContext>
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  );
}

/** The inbox belongs to a user, so the page waits to know which. */
function SignedIn({ services: { sessions, client } }: { readonly services: Services }) {
  const { t } = useTranslation("app");
  const session = useQuery({
    queryKey: ["session"],
    queryFn: () => sessions.current(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (session.data) {
    const { userId } = session.data;
    return (
      <UserContext value={userId}>
        <InboxProvider client={client} userId={userId}>
          <SelectionProvider>
            <Shell />
          </SelectionProvider>
        </InboxProvider>
      </UserContext>
    );
  }
  if (session.isPending) return <Loading label={t("session.loading")} />;
  return (
    <Placeholder
      role="alert"
      title={t("session.failed")}
      hint={session.error.message}
      action={{ label: t("session.retry"), run: () => void session.refetch() }}
    />
  );
}
