import { defineContract, latest, log, method, table } from "@tocsin/protocol";
import { alertNotification } from "@tocsin/protocol/alerts";
import { z } from "zod";

/** The price of one symbol, as the page shows it. */
export const quote = z.object({
  symbol: z.string(),
  name: z.string(),
  price: z.number(),
  /** Against the close of the session before. */
  change: z.number(),
  changePercent: z.number(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  volume: z.number(),
  /** Market time, milliseconds since 1970. */
  at: z.number(),
  /** Which source it comes from. */
  source: z.enum(["replay", "simulation"]),
});
export type Quote = z.infer<typeof quote>;

/** One bar of the chart. `time` is the market day, seconds since 1970 at midnight UTC. */
export const candle = z.object({
  time: z.number(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
});
export type Candle = z.infer<typeof candle>;

/** What the monitoring service is doing. */
export const serviceStatus = z.object({
  running: z.boolean(),
  /** Market milliseconds that pass in one real millisecond. */
  speed: z.number(),
  /** Market time of the last tick; `null` before the first. */
  marketTime: z.number().nullable(),
  ticks: z.number(),
  fired: z.number(),
  suppressed: z.number(),
  /** Whether the replay has come to its end. */
  ended: z.boolean(),
});
export type ServiceStatus = z.infer<typeof serviceStatus>;

/** Everything the example servers, the dashboard and the terminal consumer say to each other. */
export const market = defineContract({
  channels: {
    /** One symbol. */
    price: latest("stock:{code}", quote),
    /** All symbols of a board, one row each. */
    board: table("market:{board}", quote, { key: "symbol" }),
    /** The bar being built; finished ones come by REST. */
    candle: latest("candle:{code}", candle),
    /** The inbox of one user: every alert, in order, kept for a week. */
    alerts: log("alerts:{userId}", alertNotification, { history: { size: 1_000, ttl: "7d" } }),
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
  },
});
