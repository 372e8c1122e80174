import { alertNotification, monitor } from "@tocsin/protocol/alerts";
import { candle, quote } from "@tocsin-example/alert-contract";
import { z } from "zod";

/** A signed-in reader. `expiresAt` is milliseconds since 1970. */
export const session = z.object({
  token: z.string(),
  userId: z.string(),
  expiresAt: z.number(),
});
export type Session = z.infer<typeof session>;

export const quoteList = z.object({ items: z.array(quote) });
export const candleList = z.object({ items: z.array(candle) });
export const monitorList = z.object({ items: z.array(monitor) });

/** A page of the inbox, newest first. */
export const notificationPage = z.object({
  items: z.array(alertNotification),
  nextCursor: z.string().nullable(),
});
export type NotificationPage = z.infer<typeof notificationPage>;

/** What the server says when it refuses. */
export const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});
