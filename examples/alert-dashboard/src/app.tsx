import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { TocsinProvider } from "@tocsin/client/react";
import { type Api, createApi } from "./api/api.js";
import { ApiContext } from "./api/api-context.js";
import { ApiError } from "./api/http.js";
import type { SessionKeeper } from "./api/session.js";
import { Dashboard } from "./dashboard.js";
import type { MarketClient } from "./live/client.js";
import { text } from "./text.js";
import { theme } from "./theme.js";
import { Loading, Placeholder } from "./ui/placeholder.js";

/** What the page has one of; made outside React, because StrictMode makes everything inside it twice. */
export interface Services {
  readonly sessions: SessionKeeper;
  readonly client: MarketClient;
  readonly api: Api;
  readonly queries: QueryClient;
}

export function createServices(
  sessions: SessionKeeper,
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
  return { sessions, client: connect(sessions), api: createApi(sessions), queries };
}

export function App({ services }: { readonly services: Services }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="dark">
      <Notifications position="bottom-left" containerWidth={340} limit={5} zIndex={400} />
      <QueryClientProvider client={services.queries}>
        <ApiContext value={services.api}>
          <TocsinProvider client={services.client}>
            <SignedIn services={services} />
          </TocsinProvider>
        </ApiContext>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The inbox belongs to a user, so the page waits to know which. */
function SignedIn({ services: { sessions, client } }: { readonly services: Services }) {
  const session = useQuery({
    queryKey: ["session"],
    queryFn: () => sessions.current(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (session.data) return <Dashboard client={client} userId={session.data.userId} />;
  if (session.isPending) return <Loading label={text.session.loading} />;
  return (
    <Placeholder
      role="alert"
      title={text.session.failed}
      hint={session.error.message}
      action={{ label: text.session.retry, run: () => void session.refetch() }}
    />
  );
}
