import {
  type Monitor,
  type MonitorChange,
  monitor,
  type NewMonitorInput,
} from "@tocsin/protocol/alerts";
import type { Candle } from "@tocsin-example/alert-contract";
import { requestJson, requestNothing } from "./http.js";
import {
  candleList,
  monitorList,
  type NotificationPage,
  notificationPage,
  quoteList,
} from "./schemas.js";
import type { SessionKeeper } from "./session.js";

/** The server's REST side, typed. */
export interface Api {
  /** The symbols in the order the server lists them. */
  symbols(signal?: AbortSignal): Promise<string[]>;
  candles(code: string, limit: number, signal?: AbortSignal): Promise<Candle[]>;
  monitors(signal?: AbortSignal): Promise<Monitor[]>;
  createMonitor(input: NewMonitorInput): Promise<Monitor>;
  changeMonitor(id: string, change: MonitorChange): Promise<Monitor>;
  deleteMonitor(id: string): Promise<void>;
  notifications(cursor: string | null, signal?: AbortSignal): Promise<NotificationPage>;
}

const PAGE_SIZE = 50;

export function createApi(sessions: SessionKeeper): Api {
  const monitorPath = (id: string) => `/api/monitors/${encodeURIComponent(id)}`;
  return {
    async symbols(signal) {
      const { items } = await requestJson("/api/symbols", quoteList, signal ? { signal } : {});
      return items.map((quote) => quote.symbol);
    },
    async candles(code, limit, signal) {
      const path = `/api/symbols/${encodeURIComponent(code)}/candles?limit=${limit}`;
      return (await requestJson(path, candleList, signal ? { signal } : {})).items;
    },
    monitors: (signal) =>
      sessions.withToken(
        async (token) =>
          (await requestJson("/api/monitors", monitorList, { token, ...(signal && { signal }) }))
            .items,
      ),
    createMonitor: (body) =>
      sessions.withToken((token) =>
        requestJson("/api/monitors", monitor, { method: "POST", body, token }),
      ),
    changeMonitor: (id, body) =>
      sessions.withToken((token) =>
        requestJson(monitorPath(id), monitor, { method: "PATCH", body, token }),
      ),
    deleteMonitor: (id) =>
      sessions.withToken((token) => requestNothing(monitorPath(id), { method: "DELETE", token })),
    notifications(cursor, signal) {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(cursor && { cursor }) });
      return sessions.withToken((token) =>
        requestJson(`/api/notifications?${query}`, notificationPage, {
          token,
          ...(signal && { signal }),
        }),
      );
    },
  };
}
