import { greeks } from "@tocsin/protocol/alerts";
import { z } from "zod";

/** What somebody holds of one symbol or option. */
export const holding = z.object({
  /** A symbol, or an instrument of an option chain. */
  instrument: z.string().trim().min(1).max(64),
  /** Below 0 when sold short. */
  quantity: z.number().refine((value) => value !== 0, "must not be 0"),
  /** Price paid for one. */
  cost: z.number().positive(),
});

/** What somebody holds of one symbol or option. */
export type Holding = z.infer<typeof holding>;

/** A holding at today's price. */
export const position = holding.extend({
  price: z.number().nullable(),
  value: z.number().nullable(),
  /** Value less cost. */
  profit: z.number().nullable(),
  profitPercent: z.number().nullable(),
  /** Of the whole holding; `null` for what is no option. */
  greeks: greeks.nullable(),
});

/** What somebody holds, and what it is worth. */
export const portfolio = z.object({
  at: z.number(),
  positions: z.array(position),
  value: z.number(),
  profit: z.number(),
  /** Profit since the session before closed. */
  dayProfit: z.number(),
  /** Of everything held; a share has a delta of 1. */
  greeks,
});

/** What somebody holds, and what it is worth. */
export type Portfolio = z.infer<typeof portfolio>;
