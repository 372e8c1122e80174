import { z } from "zod";

/** What a symbol did in one interval. */
export const candle = z.object({
  /** When the interval begins, milliseconds since 1970. */
  at: z.number(),
  open: z.number().positive(),
  high: z.number().positive(),
  low: z.number().positive(),
  close: z.number().positive(),
  /** Shares or contracts traded within the interval; 0 where the source has none. */
  volume: z.number().nonnegative().default(0),
});

/** What a symbol did in one interval. */
export type Candle = z.output<typeof candle>;
