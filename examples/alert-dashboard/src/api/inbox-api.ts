import { type AlertNotification, alertNotification } from "@tocsin/protocol/alerts";
import { type inboxQuery, listOf } from "@tocsin-example/alert-contract/rest";
import { z } from "zod";
import { type Ask, path, query } from "./ask.js";
import {
  type Delivery,
  delivery,
  type Endpoint,
  endpoint,
  type NotificationPage,
  newEndpoint,
  notificationPage,
} from "./schemas.js";

/** What one can do to a notification. */
export type InboxAction = "read" | "unread" | "acknowledge" | "archive" | "unarchive";

/** Which notifications to list, and from where on. */
export type InboxFilter = Partial<Omit<z.output<typeof inboxQuery>, "cursor">> & {
  readonly cursor?: string | null;
};

/** Where to send alerts besides the inbox. */
export interface NewEndpoint {
  readonly sink: "webhook" | "email";
  readonly target: string;
  readonly minSeverity: Endpoint["minSeverity"];
}

/** The inbox of the signed-in user, and where else its alerts go. */
export interface InboxApi {
  notifications(filter: InboxFilter, signal?: AbortSignal): Promise<NotificationPage>;
  notification(id: string, signal?: AbortSignal): Promise<AlertNotification>;
  unread(signal?: AbortSignal): Promise<number>;
  act(id: string, action: InboxAction): Promise<AlertNotification>;
  /** Puts it off for some time; 0 ends the snooze. */
  snoozeNotification(id: string, forMs: number): Promise<AlertNotification>;
  /** Marks all as read, or all up to one that was seen; answers with how many. */
  readAll(upTo?: number): Promise<number>;
  deliveries(id: string, signal?: AbortSignal): Promise<Delivery[]>;
  endpoints(signal?: AbortSignal): Promise<Endpoint[]>;
  /** The answer holds the secret, which is told this once. */
  createEndpoint(input: NewEndpoint): Promise<z.infer<typeof newEndpoint>>;
  deleteEndpoint(id: string): Promise<void>;
}

export function createInboxApi(ask: Ask): InboxApi {
  const one = (id: string, ...rest: readonly string[]) => path("api", "notifications", id, ...rest);
  return {
    notifications: (filter, signal) =>
      ask.json(`/api/notifications${query({ ...filter })}`, notificationPage, { signal }),
    notification: (id, signal) => ask.json(one(id), alertNotification, { signal }),
    unread: async (signal) =>
      (await ask.json("/api/notifications/unread", z.object({ unread: z.int() }), { signal }))
        .unread,
    act: (id, action) => ask.json(one(id, action), alertNotification, { method: "POST" }),
    snoozeNotification: (id, forMs) =>
      ask.json(one(id, "snooze"), alertNotification, { method: "POST", body: { forMs } }),
    readAll: async (upTo) =>
      (
        await ask.json("/api/notifications/read-all", z.object({ marked: z.int() }), {
          method: "POST",
          body: upTo === undefined ? {} : { upTo },
        })
      ).marked,
    deliveries: async (id, signal) =>
      (await ask.json(one(id, "deliveries"), listOf(delivery), { signal })).items,
    endpoints: async (signal) =>
      (await ask.json("/api/endpoints", listOf(endpoint), { signal })).items,
    createEndpoint: (body) =>
      ask.json("/api/endpoints", newEndpoint, {
        method: "POST",
        body,
        idempotencyKey: crypto.randomUUID(),
      }),
    deleteEndpoint: (id) => ask.nothing(path("api", "endpoints", id), { method: "DELETE" }),
  };
}
