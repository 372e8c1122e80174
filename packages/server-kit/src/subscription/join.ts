import type { ChannelRef, ServerMessageOf } from "@tocsin/protocol";
import { send } from "../connection/connection.js";
import { eventMessage } from "../connection/encoded-event.js";
import type { Accepted } from "../connection/outbox.js";
import { putEvent } from "../connection/outbox.js";
import type { HistoryPage, HistoryStore, StoredEntry } from "../store/history-store.js";
import {
  type JoinAnswer,
  type JoinRequest,
  joinAnswer,
  joinQuery,
  needsAllRows,
} from "./recovery.js";
import { isNews, type Subscription } from "./subscription.js";
import { throughView, type View } from "./view.js";

/**
 * The one place where history meets live events. The subscription is already in the index, so events that
 * arrive while history is read are held; the read says up to which offset it went, and held events past that
 * follow. Whatever the interleaving, each event is in exactly one of the two.
 */
export async function readForJoin(
  history: HistoryStore,
  channel: string,
  request: JoinRequest,
): Promise<HistoryPage> {
  const page = await history.read(channel, joinQuery(request));
  return needsAllRows(request, page) ? history.read(channel, {}) : page;
}

/**
 * Sends the answer, the replay and what was held, and makes the subscription live. Runs in one go: call
 * `settle` of the fan-out for this channel just before, so that nothing waits outside `held`.
 */
export function goLive(
  subscription: Subscription,
  page: HistoryPage,
  request: JoinRequest,
  id: string | undefined,
): Accepted {
  const { stage, connection, channel, view } = subscription;
  if (stage.is !== "joining") return "accepted";
  const live = { is: "live", epoch: page.epoch, offset: page.offset } as const;
  const answer = joinAnswer(request, page);
  const entries = view ? entriesThroughView(page.entries, view) : page.entries;
  const held = stage.held.filter(
    (event) =>
      isNews(event, live) && (event.event.mode === "signal" || event.event.epoch === page.epoch),
  );
  const shown = view ? throughView(held, view) : held;
  subscription.stage = live;
  let accepted = send(connection, subscribed(subscription, { ...page, entries }, answer, id));
  if (answer.send === "replay") {
    for (const entry of entries) {
      if (accepted === "overflow") break;
      accepted = send(connection, replayed(channel, entry));
    }
  }
  for (const event of shown) {
    if (accepted === "overflow") break;
    accepted = putEvent(connection.outbox, event);
  }
  return accepted;
}

/** Stored entries as a view shows them. Rows that are not seen count as removed, in case they were before. */
export function entriesThroughView(entries: readonly StoredEntry[], view: View): StoredEntry[] {
  return entries.flatMap((entry) => {
    const data = entry.removed ? undefined : view.select(entry.data);
    if (data !== undefined) return { ...entry, data };
    return entry.key === undefined ? [] : { ...entry, data: null, removed: true };
  });
}

function subscribed(
  { channel }: Subscription,
  page: HistoryPage,
  answer: JoinAnswer,
  id: string | undefined,
): ServerMessageOf<"subscribed"> {
  const snapshot = answer.send === "snapshot" ? snapshotOf(channel.mode, page) : undefined;
  return {
    type: "subscribed",
    ...(id !== undefined && { id }),
    channel: channel.name,
    mode: channel.mode,
    epoch: page.epoch,
    offset: page.offset,
    recovery: answer.recovery,
    ...(answer.gap && { gap: answer.gap }),
    ...(snapshot !== undefined && { snapshot }),
  };
}

function snapshotOf(mode: Subscription["channel"]["mode"], { entries }: HistoryPage): unknown {
  switch (mode) {
    case "latest":
      return entries.at(-1)?.data;
    case "table":
      return entries.filter((entry) => !entry.removed).map((entry) => entry.data);
    case "log":
      return entries.length > 0 ? entries.map(storedMessage) : undefined;
    case "signal":
      return undefined;
    default:
      return mode satisfies never;
  }
}

/** One entry of a `log` as a snapshot or a `history` result carries it. */
export function storedMessage({ offset, data, timestamp }: StoredEntry) {
  return { offset, data, timestamp };
}

function replayed({ name, mode }: ChannelRef, entry: StoredEntry): ServerMessageOf<"event"> {
  return { ...eventMessage({ ...entry, channel: name, mode }), replayed: true };
}
