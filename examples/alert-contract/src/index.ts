import { defineContract, latest, log, method, signal, table } from "@tocsin/protocol";
import { alertNotification, optionRow } from "@tocsin/protocol/alerts";
import { z } from "zod";
import { bar } from "./bars.js";
import { newsItem, pointer, progress, serviceStatus } from "./desk.js";
import { portfolio } from "./portfolio.js";
import { marketOverview, quote } from "./quote.js";

export { type Bar, bar, INTERVALS, type Interval, interval } from "./bars.js";
export {
  type NewsItem,
  newsItem,
  type Pointer,
  type Progress,
  pointer,
  progress,
  type ServiceStatus,
  serviceStatus,
} from "./desk.js";
export { type Holding, holding, type Portfolio, portfolio, position } from "./portfolio.js";
export { type MarketOverview, marketOverview, type Quote, quote } from "./quote.js";

/** Everything the example servers, the desk and the terminal consumer say to each other. */
export const market = defineContract({
  channels: {
    /** One symbol. */
    price: latest("stock:{code}", quote),
    /** All symbols of a board, one row each: `all`, `index`, `shares`, `simulated`, `crypto`. */
    board: table("market:{board}", quote, { key: "symbol" }),
    /** The symbols a strategy's monitors watch. The reader follows its members as they come and go. */
    strategy: table("strategy:{name}", quote, { key: "symbol" }),
    /** The market at a glance, every few seconds. */
    overview: latest("market_data", marketOverview),
    /** The options on an underlying, with their Greeks. */
    chain: table("options_chain:{underlying}", optionRow, { key: "instrument" }),
    /** The last bars of a symbol, the one under way included. */
    candles: table("candles:{code}:{interval}", bar, { key: "time" }),
    /** What a user holds, and what it is worth now. */
    portfolio: latest("portfolio:{userId}", portfolio),
    /** The inbox of one user: every revision of every alert, in order, kept for a week. */
    alerts: log("alerts:{userId}", alertNotification, { history: { size: 1_000, ttl: "7d" } }),
    /** How far a longer piece of work has come. */
    task: signal("task:{taskId}", progress),
    news: log("news", newsItem, { history: { size: 200, ttl: "7d" } }),
    /** Who else looks at a symbol (presence), and where they point. */
    desk: signal("desk:{code}", pointer, { presence: true }),
    service: latest("service", serviceStatus),
  },
  methods: {
    /** Starts or stops the monitoring service; answers with what it is doing then. */
    setRunning: method({ input: z.object({ running: z.boolean() }), output: serviceStatus }),
    /** Changes how fast market time passes, from 1 to 1,000,000 times real time. */
    setSpeed: method({
      input: z.object({ speed: z.number().min(1).max(1_000_000) }),
      output: serviceStatus,
    }),
    /** Goes to another market time of a replay. */
    seek: method({ input: z.object({ position: z.number() }), output: serviceStatus }),
  },
});
