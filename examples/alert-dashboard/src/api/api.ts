import { createAsk } from "./ask.js";
import { createInboxApi, type InboxApi } from "./inbox-api.js";
import { createMarketApi, type MarketApi } from "./market-api.js";
import { createMonitorApi, type MonitorApi } from "./monitor-api.js";
import type { SessionKeeper } from "./session.js";

/** The server's REST side, typed. */
export interface Api extends MarketApi, MonitorApi, InboxApi {}

export function createApi(sessions: SessionKeeper): Api {
  const ask = createAsk(sessions);
  return { ...createMarketApi(ask), ...createMonitorApi(ask), ...createInboxApi(ask) };
}
