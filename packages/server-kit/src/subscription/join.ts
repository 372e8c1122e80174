import type { ServerMessageOf } from "@tocsin/protocol";
import { send } from "../connection/connection.js";
import type { EncodedEvent } from "../connection/encoded-event.js";
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
import { throughView } from "./view.js";

/**
 * The one place where history meets live events. The subscription is already in the index, so events that
 * arrive while history is read are held; the read says up to which offset it went, and held events past that
 * follow. Whatever the interleaving, each event is in exactly one of the two.
 */
export async function readForJoin(
  history: Pick<HistoryStore, "read">,
  channel: string,
  request: JoinRequest,
): Promise<HistoryPage> {
  const page = await history.read(channel, joinQuery(request));
  return needsAllRows(request, page) ? history.read(channel, {}) : page;
}

/**
 * Sends what became of the past, and the snapshot where there is one. Whether a replay has to follow stands in
 * the answer. `entries` are those of the page as the subscriber sees them.
 */
export function announce(
  subscription: Subscription,
  page: HistoryPage,
  entries: readonly StoredEntry[],
  request: JoinRequest,
  id: string | undefined,
): JoinAnswer & { readonly accepted: Accepted } {
  const answer = joinAnswer(request, page);
  const message = subscribed(subscription, { ...page, entries }, answer, id);
  return { ...answer, accepted: send(subscription.connection, message) };
}

/** What was held and is not in the page, as the subscriber sees it. Throws what its view throws. */
export function heldSince({ stage, view }: Subscription, page: HistoryPage): EncodedEvent[] {
  if (stage.is !== "joining") return [];
  const live = { is: "live", epoch: page.epoch, offset: page.offset } as const;
  const held = stage.held.filter(
    (event) =>
      isNews(event, live) && (event.event.mode === "signal" || event.event.epoch === page.epoch),
  );
  return view ? throughView(held, view) : held;
}

/** Makes the subscription live where `page` ends, and sends what was held past that. */
export function goLive(
  subscription: Subscription,
  { epoch, offset }: HistoryPage,
  held: readonly EncodedEvent[],
): Accepted {
  subscription.stage = liveAt(epoch, offset);
  for (const event of held) {
    if (putEvent(subscription.connection.outbox, event) === "overflow") return "overflow";
  }
  return "accepted";
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

type Live = Subscription["stage"] & { readonly is: "live" };

let latest: Live = { is: "live", epoch: "", offset: 0 };

/** Readers who join at one position, as all do on channels that are quiet, share its record: fan-out reads it often. */
function liveAt(epoch: string, offset: number): Live {
  if (latest.epoch !== epoch || latest.offset !== offset) latest = { is: "live", epoch, offset };
  return latest;
}
