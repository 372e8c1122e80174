import { alertNotification } from "@tocsin/protocol/alerts";
import type { InboxAction } from "@tocsin/server-kit/alerts";
import { inboxQuery, listOf, pageOf, snoozeInput } from "@tocsin-example/alert-contract/rest";
import { z } from "zod";
import type { Context } from "../context.js";
import { notFound, type Operation, operation } from "./operation.js";

const tag = "notifications";
const byId = z.object({ id: z.string().min(1).max(200) });

const delivery = z.object({
  id: z.string(),
  notificationId: z.string(),
  revision: z.int(),
  sink: z.string(),
  recipient: z.string(),
  attempts: z.int(),
  status: z.enum(["waiting", "delivered", "failed"]),
  error: z.string().nullable(),
  at: z.number(),
});

/** What one can do to a notification, each by a path of its own. */
const ACTIONS = {
  read: "Mark as read",
  unread: "Mark as unread",
  acknowledge: "Say that somebody is on it; also marks it as read",
  archive: "Put away",
  unarchive: "Take back out",
} as const satisfies Partial<Record<InboxAction["do"], string>>;

/** The inbox of the signed-in user. Every change goes out on `alerts:{userId}`, so that other tabs see it. */
export function notificationOperations({
  store,
  clock,
  wakeDelivery,
}: Context): readonly Operation[] {
  async function act(userId: string, id: string, action: InboxAction) {
    const body = await store.act(userId, id, action);
    if (!body) throw notFound("notification");
    wakeDelivery();
    return { status: 200, body };
  }

  return [
    operation({
      method: "get",
      path: "/api/notifications",
      tag,
      summary: "Your notifications, newest first",
      query: inboxQuery,
      answers: { 200: pageOf(alertNotification) },
      async run({ userId, query: { cursor, limit, ...filters } }) {
        const wanted = Object.fromEntries(
          Object.entries(filters).filter(([, value]) => value !== undefined),
        );
        const found = await store.notifications(userId, {
          ...wanted,
          limit: limit + 1, // one more than asked for, to know whether there are older ones
          ...(cursor !== undefined && { before: Number(cursor) }),
        });
        const items = found.slice(0, limit);
        const last = found.length > limit ? items.at(-1) : undefined;
        return { status: 200, body: { items, nextCursor: last ? String(last.seq) : null } };
      },
    }),
    operation({
      method: "get",
      path: "/api/notifications/unread",
      tag,
      summary: "How many of your notifications are unread",
      answers: { 200: z.object({ unread: z.int() }) },
      run: async ({ userId }) => ({
        status: 200,
        body: { unread: await store.unreadCount(userId) },
      }),
    }),
    operation({
      method: "post",
      path: "/api/notifications/read-all",
      tag,
      summary: "Mark all as read, or all up to one that was seen",
      body: z.object({ upTo: z.int().min(0).optional() }).nullish(),
      answers: { 200: z.object({ marked: z.int() }) },
      async run({ userId, body }) {
        const marked = await store.readAll(userId, body?.upTo);
        wakeDelivery();
        return { status: 200, body: { marked } };
      },
    }),
    operation({
      method: "get",
      path: "/api/notifications/{id}",
      tag,
      summary: "One of your notifications",
      params: byId,
      answers: { 200: alertNotification },
      refusals: [404],
      async run({ userId, params }) {
        const found = await store.notification(userId, params.id);
        if (!found) throw notFound("notification");
        return { status: 200, body: found };
      },
    }),
    operation({
      method: "get",
      path: "/api/notifications/{id}/deliveries",
      tag,
      summary: "Where it went, and where it did not arrive",
      params: byId,
      answers: { 200: listOf(delivery) },
      refusals: [404],
      async run({ userId, params }) {
        if (!(await store.notification(userId, params.id))) throw notFound("notification");
        return {
          status: 200,
          body: { items: await store.deliveriesOf(userId, params.id) },
        };
      },
    }),
    ...Object.entries(ACTIONS).map(([name, summary]) =>
      operation({
        method: "post",
        path: `/api/notifications/{id}/${name}`,
        tag,
        summary,
        params: byId,
        answers: { 200: alertNotification },
        refusals: [404],
        run: ({ userId, params }) => act(userId, params.id, { do: name as keyof typeof ACTIONS }),
      }),
    ),
    operation({
      method: "post",
      path: "/api/notifications/{id}/snooze",
      tag,
      summary: "Put off for some time; 0 ends the snooze",
      params: byId,
      body: snoozeInput,
      answers: { 200: alertNotification },
      refusals: [404],
      run: ({ userId, params, body: { forMs } }) =>
        act(userId, params.id, { do: "snooze", until: forMs > 0 ? clock.now() + forMs : null }),
    }),
  ];
}
