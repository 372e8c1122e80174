import { candle as sourceCandle } from "@tocsin/protocol/alerts";
import { z } from "zod";

/** The intervals bars are kept in. */
export const INTERVALS = ["1m", "5m", "1h", "1d"] as const;

/** How long one bar is. */
export const interval = z.enum(INTERVALS);

/** How long one bar is. */
export type Interval = z.infer<typeof interval>;

/** One bar of a chart; `time` is where it begins and names it. */
export const bar = sourceCandle.omit({ at: true }).extend({
  /** Milliseconds since 1970, as text: rows are named by text. */
  time: z.string(),
});

/** One bar of a chart. */
export type Bar = z.infer<typeof bar>;
