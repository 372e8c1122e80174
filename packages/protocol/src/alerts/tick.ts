import { z } from "zod";

/** One price of one symbol at one moment of market time. */
export const tick = z.object({
  symbol: z.string(),
  price: z.number().positive(),
  /** Shares or contracts since the session opened, or in 24 hours where it never closes; 0 where there is none. */
  volume: z.number().nonnegative().default(0),
  /** Market time, milliseconds since 1970. In a replay it is the time of the data, not of the playing. */
  at: z.number(),
  /** When the venue sent it, milliseconds since 1970 on the venue's clock. A frozen feed is known by this. */
  feedAt: z.number().optional(),
  /** When the server received it, milliseconds since 1970 on the server's clock. */
  receivedAt: z.number().optional(),
  /** The best price somebody offered to buy at. */
  bid: z.number().positive().optional(),
  /** The best price somebody offered to sell at. */
  ask: z.number().positive().optional(),
  /** Where it comes from: a venue, or the source that a composite source chose. */
  venue: z.string().optional(),
});

/** One price of one symbol at one moment of market time. */
export type Tick = z.output<typeof tick>;
