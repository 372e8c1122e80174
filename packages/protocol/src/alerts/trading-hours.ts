import { z } from "zod";

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "must be a time of day, as in 09:30");

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day, as in 2026-12-25");

/** A stretch of a trading day, in the time of the exchange. */
export const tradingSession = z
  .object({ open: timeOfDay, close: timeOfDay })
  .refine(({ open, close }) => open < close, {
    path: ["close"],
    message: "must be after open; split a session that passes midnight in two",
  });

/**
 * When an exchange trades: by its code, for one the server knows (`XNYS`, `XSHG`), or written out. Days off are
 * whole days; a shortened day has sessions of its own.
 */
export const tradingHours = z.union([
  z.object({
    exchange: z.string().regex(/^[A-Z0-9]{2,12}$/, "must be an exchange code, as in XNYS"),
  }),
  z.object({
    /** An IANA name, as in `Asia/Shanghai`. */
    timeZone: z.string().min(1).max(64),
    /** 1 is Monday, 7 is Sunday. */
    days: z.array(z.int().min(1).max(7)).min(1).max(7).default([1, 2, 3, 4, 5]),
    sessions: z.array(tradingSession).min(1).max(6),
    holidays: z.array(day).max(400).default([]),
    shortDays: z
      .array(z.object({ day, sessions: z.array(tradingSession).max(6) }))
      .max(100)
      .default([]),
  }),
]);

/** When an exchange trades. */
export type TradingHours = z.output<typeof tradingHours>;
