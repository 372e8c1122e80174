import { type ClientMessage, definition, type ServerMessage } from "@tocsin/protocol";
import { type AlertNotification, alertNotification } from "@tocsin/protocol/alerts";
import type { Caller, Clock, Conversation, Dialect, Frames, Understood } from "@tocsin/server-kit";
import { market, type Progress, progress } from "@tocsin-example/alert-contract";
import { z } from "zod";
import type { Tasks } from "../context.js";
import { isoTime, notUnderstood, readFrame } from "./text.js";

const { channels, resolve } = market[definition];

const task = { task_id: z.union([z.string().min(1).max(64), z.int().transform(String)]) };

const asked = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.literal("subscribe"), ...task }),
    z.object({ type: z.literal("unsubscribe"), ...task }),
    z.object({ type: z.literal("ping") }),
  ],
  "must be subscribe, unsubscribe or ping",
);

/** Settings of {@link realtime}. */
export interface RealtimeOptions {
  /** Ends in `/{token}`. */
  readonly path: string;
  readonly tasks: Pick<Tasks, "progress">;
  readonly clock: Clock;
}

/** Alerts of one user, unasked, and the progress of tasks. The session token is the last part of the path. */
export function realtime({ path, tasks, clock }: RealtimeOptions): Dialect {
  return {
    path,
    events(events) {
      const [first] = events;
      const def = first && resolve(first.channel)?.def;
      if (def === channels.task) {
        const last = events.at(-1); // each says all there is
        return last ? [progressFrame(progress.parse(last.data), last.timestamp)] : [];
      }
      return events.flatMap(({ data, timestamp }) =>
        notificationFrames(alertNotification.parse(data), timestamp),
      );
    },
    open: (caller) => conversation(caller, tasks, clock),
  };
}

const INBOX = "inbox";

function conversation(
  { principal }: Caller,
  tasks: RealtimeOptions["tasks"],
  clock: Clock,
): Conversation {
  const open = new Map<string, string>();
  let requests = 0;

  function decode(frame: string | Uint8Array): Understood {
    const read = readFrame(frame, asked, "type");
    if (!read.ok) return read;
    requests += 1;
    const id = String(requests);
    const { said } = read;
    if (said.type === "ping") return { ok: true, messages: [{ type: "ping", id }] };
    const channel = taskChannel(said.task_id);
    if (channel === undefined) return notUnderstood("invalid-message", "task_id", "is too long");
    open.set(id, said.task_id);
    return { ok: true, messages: [{ type: said.type, id, channel }] };
  }

  function encode(message: ServerMessage): Frames {
    const timestamp = isoTime(clock.now());
    const said = (fields: object): string => JSON.stringify({ ...fields, timestamp });
    const task_id = "id" in message && message.id !== undefined ? open.get(message.id) : undefined;
    if ("id" in message && message.id !== undefined) open.delete(message.id);

    switch (message.type) {
      case "connected":
        return [said({ type: "connected", user_id: message.userId, message: "connected" })];
      case "subscribed": {
        if (task_id === undefined) return []; // the inbox, which nobody asked for
        const stands = tasks.progress(principal?.userId ?? "", task_id);
        const confirmed = said({ type: "subscribed", task_id });
        // What was told before it was asked for; a task may be over by then.
        return stands ? [confirmed, progressFrame(stands, clock.now())] : [confirmed];
      }
      case "unsubscribed": {
        const left = task_id ?? resolve(message.channel)?.params.taskId;
        return left === undefined ? [] : [said({ type: "unsubscribed", task_id: left })];
      }
      case "pong":
        return message.id === undefined ? [] : [said({ type: "pong" })];
      case "error":
        return [said({ type: "error", message: message.message, task_id: task_id ?? null })];
      default:
        return [];
    }
  }

  return { first: principal ? [inboxOf(principal.userId)] : [], decode, encode };
}

function inboxOf(userId: string): ClientMessage {
  return { type: "subscribe", id: INBOX, channel: market.alerts({ userId }).name };
}

function taskChannel(taskId: string): string | undefined {
  try {
    return market.task({ taskId }).name;
  } catch {
    return undefined; // longer than an address may be, once written as one
  }
}

function progressFrame({ taskId, ...data }: Progress, at: number): string {
  return JSON.stringify({ type: "progress", task_id: taskId, data, timestamp: isoTime(at) });
}

/**
 * An alert is told once, when it is written. Its later revisions, and alerts that stand in a digest or a summary,
 * would be told to this client as if they were new.
 */
function notificationFrames(alert: AlertNotification, at: number): Frames {
  if (alert.revision > 1 || alert.push !== "now") return [];
  const data = {
    id: alert.id,
    symbol: alert.symbol,
    kind: alert.kind,
    severity: alert.severity,
    title: alert.title,
    message: alert.body,
    price: alert.price,
    level: alert.level,
    change_percent: alert.changePercent,
    triggered_at: isoTime(alert.firedAt),
  };
  return [JSON.stringify({ type: "notification", data, timestamp: isoTime(at) })];
}
