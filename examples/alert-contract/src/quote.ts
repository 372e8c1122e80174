import { z } from "zod";

/** The price of one symbol, as a page shows it. */
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
  bid: z.number().nullable(),
  ask: z.number().nullable(),
  /** Market time, milliseconds since 1970. */
  at: z.number(),
  /** Whether its feed is silent: the price stands, and nothing is evaluated on it. */
  stale: z.boolean(),
  /** Which source it comes from. */
  source: z.enum(["replay", "simulation", "live"]),
});

/** The price of one symbol, as a page shows it. */
export type Quote = z.infer<typeof quote>;

/** The market at a glance. */
export const marketOverview = z.object({
  at: z.number(),
  symbols: z.int(),
  rising: z.int(),
  falling: z.int(),
  unchanged: z.int(),
  stale: z.int(),
  /** The largest moves, in percent, up to five each way. */
  gainers: z.array(quote.pick({ symbol: true, price: true, changePercent: true })),
  losers: z.array(quote.pick({ symbol: true, price: true, changePercent: true })),
});

/** The market at a glance. */
export type MarketOverview = z.infer<typeof marketOverview>;
