import type { ChannelRef, ServerMessageOf } from "@tocsin/protocol";
import { send } from "../connection/connection.js";
import { eventMessage } from "../connection/encoded-event.js";
import { caughtUp, isBehind, type Outbox } from "../connection/outbox.js";
import type { HistoryPage, HistoryStore, StoredEntry } from "../store/history-store.js";
import type { Subscription } from "./subscription.js";
import { entriesThroughView } from "./view.js";

/** So many entries are read at a time once the first page was more than the reader takes at once. */
const PIECE = 64;

/** What a replay works with. */
export interface ReplayParts {
  readonly history: HistoryStore;
  /** Has the outbox flushed at the end of the turn. */
  touch(outbox: Outbox): void;
}

/**
 * What came of a replay: the page it ended with, after which the subscription can go live; or that the reader is
 * gone; or that the history let go of what was still to be sent.
 */
export type Replayed = HistoryPage | "gone" | "overtaken";

/** A page's entries as this subscriber sees them. Throws what its view throws. */
export function entriesFor({ view }: Subscription, page: HistoryPage): readonly StoredEntry[] {
  return view ? entriesThroughView(page.entries, view) : page.entries;
}

/** Sends entries until the reader is behind. Returns how many were sent. */
export function sendSome(subscription: Subscription, entries: readonly StoredEntry[]): number {
  const { connection, channel } = subscription;
  for (const [index, entry] of entries.entries()) {
    if (isBehind(connection.outbox)) return index;
    send(connection, replayed(channel, entry));
  }
  return entries.length;
}

/**
 * Goes on with a replay that is more than its reader takes at once: waits until it has caught up, reads a piece,
 * sends it, and again. So a replay may be larger than an outbox, and costs no more memory than a short one; what
 * happens meanwhile is read from the history too.
 */
export async function replayOn(
  { history, touch }: ReplayParts,
  subscription: Subscription,
  epoch: string,
  after: number,
): Promise<Replayed> {
  const { connection, channel } = subscription;
  const isOver = () => connection.closing || subscription.stage.is === "ended";
  for (let position = after; ; ) {
    subscription.stage = { is: "replaying" };
    touch(connection.outbox);
    await caughtUp(connection.outbox);
    if (isOver()) return "gone";
    subscription.stage = { is: "joining", held: [] }; // from here on, for this may be the last piece
    const page = await history.read(channel.name, { after: position, limit: PIECE });
    if (isOver()) return "gone";
    if (page.epoch !== epoch || page.complete > position) return "overtaken";
    const entries = entriesFor(subscription, page);
    const sent = sendSome(subscription, entries);
    if (sent < entries.length) position = entries[sent - 1]?.offset ?? position;
    else {
      position = page.entries.at(-1)?.offset ?? page.offset;
      if (position >= page.offset) return page;
    }
  }
}

function replayed({ name, mode }: ChannelRef, entry: StoredEntry): ServerMessageOf<"event"> {
  return { ...eventMessage({ ...entry, channel: name, mode }), replayed: true };
}
