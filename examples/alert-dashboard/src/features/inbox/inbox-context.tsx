import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { market } from "@tocsin-example/alert-contract";
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useApi } from "../../api/api-context.js";
import type { MarketClient } from "../../live/client.js";
import { createInboxStore, type InboxStore, type InboxView } from "./store.js";
import { createUnreadCounter } from "./unread.js";

/** Names of what was loaded of the inbox, for whoever has to load it again. */
export const inboxKeys = { lists: ["notifications"], unread: ["unread"] } as const;

const EMPTY: InboxView = {
  alerts: new Map(),
  fresh: new Set(),
  recovery: undefined,
  channel: "pending",
  shown: (alert) => alert,
};

/** The inbox of the page, and who wants to hear of new alerts. */
export interface InboxHandle {
  readonly store: InboxStore | undefined;
  onNew(listener: (alert: AlertNotification, replayed: boolean) => void): () => void;
}

const InboxContext = createContext<InboxHandle | undefined>(undefined);

interface InboxProviderProps {
  readonly client: MarketClient;
  readonly userId: string;
  readonly children: ReactNode;
}

/** One subscription to the inbox for the whole page, whichever part of it is shown. */
export function InboxProvider({ client, userId, children }: InboxProviderProps) {
  const cache = useQueryClient();
  const [store, setStore] = useState<InboxStore>();
  const listeners = useRef(new Set<(alert: AlertNotification, replayed: boolean) => void>());

  useEffect(() => {
    const subscription = client.subscribe(market.alerts({ userId }));
    const counter = createUnreadCounter({
      add: (difference) =>
        cache.setQueryData<number>(inboxKeys.unread, (count) =>
          count === undefined ? count : Math.max(0, count + difference),
        ),
      recount: () => void cache.invalidateQueries({ queryKey: inboxKeys.unread }),
    });
    const started = createInboxStore(subscription, {
      onNew: (alert, replayed) => {
        for (const listener of listeners.current) listener(alert, replayed);
      },
      onChange: counter.changed,
      onRecovery({ outcome }) {
        // Alerts stored between the page's first look at the lists and its subscribe came neither way.
        if (outcome === "nothing-missed") return;
        void cache.invalidateQueries({ queryKey: inboxKeys.lists });
        void cache.invalidateQueries({ queryKey: inboxKeys.unread });
      },
    });
    setStore(started);
    return () => {
      counter.stop();
      started.stop();
      subscription.unsubscribe();
    };
  }, [client, userId, cache]);

  // The same function for good: whoever listens does not begin anew when the store does.
  const onNew = useCallback<InboxHandle["onNew"]>((listener) => {
    listeners.current.add(listener);
    return () => listeners.current.delete(listener);
  }, []);
  const handle = useMemo<InboxHandle>(() => ({ store, onNew }), [store, onNew]);
  return <InboxContext value={handle}>{children}</InboxContext>;
}

export function useInboxHandle(): InboxHandle {
  const handle = use(InboxContext);
  if (!handle) throw new Error("the inbox needs an InboxProvider above it");
  return handle;
}

const nothing = () => () => {};
const empty = () => EMPTY;

/** What the page knows of the inbox without asking. */
export function useInboxView(): InboxView {
  const { store } = useInboxHandle();
  return useSyncExternalStore(store?.subscribe ?? nothing, store ? () => store.view : empty, empty);
}

/** How many alerts nobody has read; `undefined` before it is known. */
export function useUnread(): number | undefined {
  const api = useApi();
  return useQuery({ queryKey: inboxKeys.unread, queryFn: ({ signal }) => api.unread(signal) }).data;
}
