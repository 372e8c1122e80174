import type { OptionRow } from "@tocsin/protocol/alerts";
import {
  type Bar,
  type Holding,
  type Interval,
  type Portfolio,
  type Progress,
  portfolio,
  progress,
  type Quote,
  type ServiceStatus,
  serviceStatus,
} from "@tocsin-example/alert-contract";
import type { signal as signalSchema } from "@tocsin-example/alert-contract/rest";
import type { z } from "zod";
import { type Ask, path, query } from "./ask.js";
import { requestJson } from "./http.js";
import { barList, optionList, quoteList, signalList } from "./schemas.js";

/** What the server knows of the market and of what the user holds. */
export interface MarketApi {
  quotes(board: string, signal?: AbortSignal): Promise<Quote[]>;
  candles(code: string, interval: Interval, limit: number, signal?: AbortSignal): Promise<Bar[]>;
  options(underlying: string, signal?: AbortSignal): Promise<OptionRow[]>;
  signals(strategy?: string, signal?: AbortSignal): Promise<z.infer<typeof signalSchema>[]>;
  portfolio(signal?: AbortSignal): Promise<Portfolio>;
  hold(holdings: readonly Holding[]): Promise<Portfolio>;
  task(taskId: string, signal?: AbortSignal): Promise<Progress>;
  startService(): Promise<ServiceStatus>;
  stopService(): Promise<ServiceStatus>;
  setSpeed(speed: number): Promise<ServiceStatus>;
  seek(position: number): Promise<ServiceStatus>;
}

export function createMarketApi(ask: Ask): MarketApi {
  return {
    quotes: async (board, signal) =>
      (await requestJson(`/api/symbols${query({ board })}`, quoteList, { signal })).items,
    async candles(code, interval, limit, signal) {
      const asked = `${path("api", "symbols", code, "candles")}${query({ interval, limit })}`;
      return (await requestJson(asked, barList, { signal })).items;
    },
    options: async (underlying, signal) =>
      (await requestJson(path("api", "options", underlying), optionList, { signal })).items,
    signals: async (strategy, signal) =>
      (await requestJson(`/api/signals${query({ strategy })}`, signalList, { signal })).items,
    portfolio: (signal) => ask.json("/api/portfolio", portfolio, { signal }),
    hold: (holdings) =>
      ask.json("/api/portfolio", portfolio, { method: "PUT", body: { holdings } }),
    task: (taskId, signal) => ask.json(path("api", "tasks", taskId), progress, { signal }),
    startService: () => ask.json("/api/service/start", serviceStatus, { method: "POST" }),
    stopService: () => ask.json("/api/service/stop", serviceStatus, { method: "POST" }),
    setSpeed: (speed) =>
      ask.json("/api/service/speed", serviceStatus, { method: "PUT", body: { speed } }),
    seek: (position) =>
      ask.json("/api/service/position", serviceStatus, { method: "PUT", body: { position } }),
  };
}
