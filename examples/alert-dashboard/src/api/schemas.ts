import { alertNotification, monitor, optionRow, severity } from "@tocsin/protocol/alerts";
import { bar, quote } from "@tocsin-example/alert-contract";
import {
  listOf,
  monitorView,
  pageOf,
  signal,
  strategyView,
} from "@tocsin-example/alert-contract/rest";
import { z } from "zod";

/** A signed-in reader. `expiresAt` is milliseconds since 1970. */
export const session = z.object({
  token: z.string(),
  userId: z.string(),
  expiresAt: z.number(),
});
/** A signed-in reader. */
export type Session = z.infer<typeof session>;

export const quoteList = listOf(quote);
export const barList = listOf(bar);
export const optionList = listOf(optionRow);
export const signalList = listOf(signal);
export const monitorPage = pageOf(monitorView);
const monitorList = listOf(monitorView);
export const exportedMonitors = listOf(monitor);
export const strategyList = listOf(strategyView);

/** A page of the inbox, newest first. */
export const notificationPage = pageOf(alertNotification);
/** A page of the inbox, newest first. */
export type NotificationPage = z.infer<typeof notificationPage>;

/** What an import answers: the monitors, or, when there are many, the task that makes them. */
export const imported = z.union([monitorList, z.object({ taskId: z.string() })]);
/** What an import answers. */
export type Imported = z.infer<typeof imported>;

/** Where a notification went. */
export const delivery = z.object({
  id: z.string(),
  sink: z.string(),
  recipient: z.string(),
  attempts: z.int(),
  status: z.enum(["waiting", "delivered", "failed"]),
  error: z.string().nullable(),
  at: z.number(),
});
/** Where a notification went. */
export type Delivery = z.infer<typeof delivery>;

/** Where alerts go besides the inbox. */
export const endpoint = z.object({
  id: z.string(),
  sink: z.string(),
  target: z.string(),
  minSeverity: severity,
  enabled: z.boolean(),
  createdAt: z.number(),
});
/** Where alerts go besides the inbox. */
export type Endpoint = z.infer<typeof endpoint>;

/** An endpoint as it is told once, when it is made. */
export const newEndpoint = endpoint.extend({ secret: z.string().nullable() });

/** What the server says when it refuses. */
export const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});
