import { z } from "zod";

/** How far a longer piece of work has come. */
export const progress = z.object({
  taskId: z.string(),
  kind: z.enum(["import", "preview"]),
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  state: z.enum(["running", "done", "failed"]),
  message: z.string(),
});

/** How far a longer piece of work has come. */
export type Progress = z.infer<typeof progress>;

/** Where somebody who looks at the same symbol points. */
export const pointer = z.object({
  userId: z.string(),
  /** Names the tab. */
  clientId: z.string(),
  /** Market time under the pointer, milliseconds since 1970, and the price; `null` when it has left the chart. */
  time: z.number().nullable(),
  price: z.number().nullable(),
});

/** Where somebody who looks at the same symbol points. */
export type Pointer = z.infer<typeof pointer>;

/** Something that happened, told to everybody. */
export const newsItem = z.object({
  id: z.string(),
  at: z.number(),
  symbol: z.string().nullable(),
  headline: z.string(),
  body: z.string(),
});

/** Something that happened, told to everybody. */
export type NewsItem = z.infer<typeof newsItem>;

/** What the monitoring service is doing. */
export const serviceStatus = z.object({
  running: z.boolean(),
  /** Market milliseconds that pass in one real millisecond. */
  speed: z.number(),
  /** Market time of the last tick; `null` before the first. */
  marketTime: z.number().nullable(),
  /** What can be played; `null` on a live feed. */
  range: z.object({ from: z.number(), to: z.number() }).nullable(),
  ticks: z.number(),
  fired: z.number(),
  suppressed: z.number(),
  /** Whether the replay has come to its end. */
  ended: z.boolean(),
  /** Symbols whose feed is silent. */
  stale: z.array(z.string()),
});

/** What the monitoring service is doing. */
export type ServiceStatus = z.infer<typeof serviceStatus>;
