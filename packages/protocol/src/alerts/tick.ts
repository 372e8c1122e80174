import { z } from "zod";

/** One price of one symbol at one moment of market time. */
export const tick = z.object({
  symbol: z.string(),
  price: z.number().positive(),
  /** Shares or contracts since the session opened; 0 where the source has none. */
  volume: z.number().nonnegative().default(0),
  /** Market time, milliseconds since 1970. In a replay it is the time of the data, not of the playing. */
  at: z.number(),
});

/** One price of one symbol at one moment of market time. */
export type Tick = z.output<typeof tick>;
