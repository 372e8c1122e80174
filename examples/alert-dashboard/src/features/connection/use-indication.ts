import { useConnection } from "@tocsin/client/react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useService } from "../../live/use-service.js";
import { useInboxView } from "../inbox/inbox-context.js";
import { type Indication, indicate } from "./indicate.js";

function listenOnline(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** What to say about the connection, and since when what is on the page may be old. */
export interface IndicationView {
  readonly indication: Indication;
  /** When the connection last worked; `undefined` before the first time. */
  readonly liveUntil: number | undefined;
  /** The reader has understood the gap. */
  readonly understood: () => void;
}

export function useIndication(): IndicationView {
  const connection = useConnection();
  const online = useSyncExternalStore(listenOnline, () => navigator.onLine);
  const inbox = useInboxView();
  const { status } = useService();
  const [seen, setSeen] = useState<unknown>();
  const live = connection.status === "live";
  const [liveUntil, setLiveUntil] = useState<number>();
  useEffect(() => {
    if (!live) return;
    return () => setLiveUntil(Date.now());
  }, [live]);
  return {
    indication: indicate({
      connection,
      online,
      inbox,
      gapSeen: seen !== undefined && seen === inbox.recovery,
      service: status,
    }),
    liveUntil,
    understood: () => setSeen(inbox.recovery),
  };
}
