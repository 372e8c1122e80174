import { z } from "zod";

/** How the price of an option answers to its surroundings. */
export const greeks = z.object({
  delta: z.number(),
  gamma: z.number(),
  theta: z.number(),
  vega: z.number(),
  rho: z.number(),
});

/** How the price of an option answers to its surroundings. */
export type Greeks = z.output<typeof greeks>;

/** One option of a chain, in the units of its venue; `null` is what the venue does not know. */
export const optionRow = z.object({
  instrument: z.string(),
  underlying: z.string(),
  kind: z.enum(["call", "put"]),
  strike: z.number().positive(),
  /** When it expires, milliseconds since 1970. */
  expiry: z.number(),
  bid: z.number().nullable(),
  ask: z.number().nullable(),
  mark: z.number().nullable(),
  /** Implied volatility of the mark price, per cent a year. */
  markIv: z.number().nullable(),
  underlyingPrice: z.number().nullable(),
  greeks: greeks.nullable(),
  /** When the venue said so, milliseconds since 1970. */
  at: z.number(),
});

/** One option of a chain, in the units of its venue; `null` is what the venue does not know. */
export type OptionRow = z.output<typeof optionRow>;
